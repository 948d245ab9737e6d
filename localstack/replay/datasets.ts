import type { Dataset } from './dataset.ts';
import { onlineRetail } from './online-retail/dataset.ts';

/** Every data set that can be replayed. */
export const datasets: readonly Dataset[] = [onlineRetail];
