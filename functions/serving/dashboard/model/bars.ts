/** One ranked bar: its label, how long it is, its exact figure as shown, and what is said beside it. */
export interface Bar {
  label: string;
  value: number;
  text: string;
  note: string;
}

/** Greatest first; equal ones in the order they came. */
export function rankBars(bars: readonly Bar[]): Bar[] {
  return [...bars].sort((a, b) => b.value - a.value);
}
