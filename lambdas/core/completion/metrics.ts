/** The CloudWatch namespace of the metrics that the functions emit. */
export const METRIC_NAMESPACE = 'TemplateVideo';

/**
 * Every metric that the functions emit, with its unit as CloudWatch spells it. Each has the dimension `service`, and
 * `VideosFailed` is emitted once more with `error` as well. They are what the dashboard shows and the alarms watch.
 */
export const METRICS = {
  /** 1 for each video that is in the bucket. */
  VideosReady: 'Count',
  /** 1 for each execution that ended otherwise: in all, and by the name of its error. */
  VideosFailed: 'Count',
  /** 1 for each of those on which money was or may have been spent and whose video may still be got, else 0. */
  PaidNotDelivered: 'Count',
  /** The estimated dollars of a video that has ended, as in its record. Not emitted where no price is known, and once for a create. */
  EstimatedUsd: 'None',
  /** From the start of an execution until MiniMax had accepted the task. */
  SubmitSeconds: 'Seconds',
  /** From then until MiniMax was first seen to be done. */
  GenerateSeconds: 'Seconds',
  /** How long the copy into the bucket took by itself. */
  CopySeconds: 'Seconds',
  /** From when MiniMax was first seen to be done until the file was in the bucket, with every failed try. */
  DeliveryLagSeconds: 'Seconds',
  /** 1 for each time that MiniMax is asked about a task. */
  Polls: 'Count',
  /** 1 for each check that a callback brought forward. */
  Callbacks: 'Count',
  /** 1 for each create call that is sent. */
  Creates: 'Count',
  /** The size of a video that was stored. */
  VideoBytes: 'Bytes',
  /** How old an unfinished video is when a step takes it up. */
  WaitingSeconds: 'Seconds',
  /** How many ends could not be announced, each hour. */
  Unannounced: 'Count',
  /** How many items the table lacked or had of earlier, or that could not be compared, each hour. The sweep that counts them mends them. */
  ItemsBehind: 'Count',
} as const;

export type MetricName = keyof typeof METRICS;

/** The second dimension of `VideosFailed`. */
export const ERROR_DIMENSION = 'error';

/** Numbers by their metrics, and the error's name where there is one. */
export interface MetricValues {
  readonly values: Readonly<Partial<Record<MetricName, number>>>;
  readonly error?: string;
}
