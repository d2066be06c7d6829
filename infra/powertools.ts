import type { Construct } from 'constructs';
import { toServiceName } from './naming.ts';
import type { Settings } from './settings.ts';
import { VideoFunction } from './video-function.ts';

/** Adds the variables that Powertools reads by itself, to every function. */
export function addPowertools(scope: Construct, { monitoring }: Settings): void {
  for (const each of scope.node.findAll().filter((child) => child instanceof VideoFunction)) {
    each.addEnvironment('POWERTOOLS_SERVICE_NAME', toServiceName(scope));
    if (monitoring === 'off') each.addEnvironment('POWERTOOLS_METRICS_DISABLED', 'true');
  }
}
