import { Metrics } from '@aws-lambda-powertools/metrics';
import {
  type Counted,
  ERROR_DIMENSION,
  METRIC_NAMESPACE,
  METRICS,
  type MetricName,
} from '../../core/completion/metrics.ts';

/** Emits numbers as lines of the log that CloudWatch makes metrics of (embedded metric format). */
export interface Measures {
  /** @param videoId can be searched for in the log, and is no dimension */
  emit(counted: Counted, videoId?: string): void;
}

/** The dimension `service` is the environment's `POWERTOOLS_SERVICE_NAME`. */
export function createMeasures(metrics = new Metrics({ namespace: METRIC_NAMESPACE })): Measures {
  function publish(values: Counted['values'], videoId: string | undefined): void {
    const given = Object.entries(values) as [MetricName, number][];
    if (given.length === 0) return;
    for (const [name, value] of given) metrics.addMetric(name, METRICS[name], value);
    if (videoId !== undefined) metrics.addMetadata('video_id', videoId);
    metrics.publishStoredMetrics();
  }

  return {
    emit({ values: { VideosFailed, ...others }, error }, videoId) {
      publish(others, videoId);
      if (VideosFailed === undefined) return;
      metrics.addDimension(ERROR_DIMENSION, error ?? 'Unexpected');
      publish({ VideosFailed }, videoId);
    },
  };
}
