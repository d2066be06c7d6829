import type { DeployedFunction } from '../template/deployment.ts';
import { startFunctionWorker, type WorkerReply } from './function-worker.ts';
import {
  createWorkerPool,
  type InvokeOptions,
  MAX_WORKERS,
  type PoolOptions,
  type WorkerPool,
} from './worker-pool.ts';

/** The functions of a deployment, ready to be invoked as Lambda would. */
export interface LambdaHost {
  /** @param event JSON text */
  invoke(functionArn: string, event: string, options?: InvokeOptions): Promise<WorkerReply>;
  stop(): Promise<void>;
}

interface HostOptions extends PoolOptions {
  readonly functions: readonly DeployedFunction[];
  /** What AWS adds to every function's environment (credentials, region, endpoints), read when an instance starts. */
  readonly awsEnvironment: () => Readonly<Record<string, string>>;
  /** The URL of the API in the template, and the local one that replaces it when an instance starts. */
  readonly apiUrl?: { readonly deployed: string; readonly here: () => string };
  readonly onLog: (functionName: string, text: string) => void;
}

/**
 * How many functions may have all their instances at once. Each function may have one instance in any case. An instance
 * takes about 40 MB of memory, and many executions are in one or two steps of the workflow at a time.
 */
const CROWDED_FUNCTIONS = 1.5;

export function startLambdaHost({
  functions,
  awsEnvironment,
  apiUrl,
  onLog,
  ...limits
}: HostOptions): LambdaHost {
  const rewriteApiUrl = (value: string): string =>
    apiUrl === undefined ? value : value.replace(apiUrl.deployed, apiUrl.here);

  function environmentOf(deployed: DeployedFunction): Readonly<Record<string, string>> {
    const own = Object.entries(deployed.environment);
    return {
      ...awsEnvironment(),
      ...Object.fromEntries(own.map(([name, value]) => [name, rewriteApiUrl(value)])),
      AWS_LAMBDA_FUNCTION_NAME: deployed.name,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(deployed.memoryMegabytes),
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    };
  }

  function createPool(deployed: DeployedFunction): WorkerPool {
    const start = () =>
      startFunctionWorker(deployed, {
        environment: environmentOf(deployed),
        onLog: (text) => onLog(deployed.name, text),
      });
    return createWorkerPool(start, { ...limits, hasRoom });
  }

  /** Ends an idle instance where the machine has no room. */
  function hasRoom(): boolean {
    const all = [...pools.values()];
    const size = all.reduce((sum, pool) => sum + pool.size, 0);
    return size < maxInAll || all.some((pool) => pool.endIdle());
  }

  const maxInAll = CROWDED_FUNCTIONS * (limits.maxWorkers ?? MAX_WORKERS);
  const pools = new Map(functions.map((deployed) => [deployed.arn, createPool(deployed)]));
  return {
    async invoke(functionArn, event, options) {
      const pool = pools.get(functionArn);
      return pool === undefined ? missing(functionArn) : pool.invoke(event, options);
    },
    async stop() {
      await Promise.all([...pools.values()].map((pool) => pool.stop()));
    },
  };
}

/** Step Functions reports this error for a function that was deleted while an execution still calls it. */
function missing(functionArn: string): WorkerReply {
  const error = {
    errorType: 'Lambda.ResourceNotFoundException',
    errorMessage: `Function not found: ${functionArn}`,
  };
  return { ok: false, error };
}
