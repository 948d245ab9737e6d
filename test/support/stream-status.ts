/** What `/v1/status` says of a stream, as far as tests ask. */
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

/** Whether the lake holds everything up to the topic's end. No partition is named where Kafka does not answer. */
export function isAllInLake({ partitions }: StreamStatus): boolean {
  return partitions.length > 0 && partitions.every(({ tidemark, end_offset }) => tidemark === end_offset);
}

/** @param api where the API answers, without a slash at its end */
export async function readStreamStatus(api: string, name = 'retail_events'): Promise<StreamStatus> {
  const response = await fetch(`${api}/v1/status`);
  if (!response.ok) throw new Error(`/v1/status answers ${response.status}`);
  const { streams } = (await response.json()) as { streams: (StreamStatus & { readonly stream: string })[] };
  const status = streams.find(({ stream }) => stream === name);
  if (status === undefined) throw new Error(`/v1/status does not name ${name}`);
  return status;
}
