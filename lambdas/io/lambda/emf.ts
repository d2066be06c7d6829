import { Metrics } from '@aws-lambda-powertools/metrics';
import {
  ERROR_DIMENSION,
  METRIC_NAMESPACE,
  METRICS,
  type MetricName,
  type MetricValues,
} from '../../core/completion/metrics.ts';

/** Writes metrics to the log in CloudWatch's embedded metric format (EMF). */
export interface MetricEmitter {
  /** @param videoId a field of the log line, and no dimension */
  emit(counted: MetricValues, videoId?: string): void;
}

/** Powertools takes the dimension `service` from `POWERTOOLS_SERVICE_NAME`. */
export function createMetricEmitter(metrics = new Metrics({ namespace: METRIC_NAMESPACE })): MetricEmitter {
  function publish(values: MetricValues['values'], videoId: string | undefined): void {
    const given = Object.entries(values) as [MetricName, number][];
    if (given.length === 0) return;
    for (const [name, value] of given) metrics.addMetric(name, METRICS[name], value);
    if (videoId !== undefined) metrics.addMetadata('video_id', videoId);
    metrics.publishStoredMetrics();
  }

  return {
    emit({ values, error }, videoId) {
      publish(values, videoId);
      const { VideosFailed } = values;
      if (VideosFailed === undefined) return;
      metrics.addDimension(ERROR_DIMENSION, error ?? 'Unexpected');
      publish({ VideosFailed }, videoId);
    },
  };
}
