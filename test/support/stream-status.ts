/** What `/v1/status` says of `retail_events`, as far as tests ask. */
export interface StreamStatus {
  readonly lag_records: number | null;
  readonly stored: number;
  readonly rejected: number;
  readonly open_gaps: number;
  readonly partitions: readonly {
    readonly log_start: number;
    readonly end_offset: number;
    readonly tidemark: number;
  }[];
}

/** @param api where the API answers, without a slash at its end */
export async function readStreamStatus(api: string): Promise<StreamStatus> {
  const response = await fetch(`${api}/v1/status`);
  if (!response.ok) throw new Error(`/v1/status answers ${response.status}`);
  const { streams } = (await response.json()) as { streams: [StreamStatus] };
  return streams[0];
}
