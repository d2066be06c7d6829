import type { DeployedFunction } from '../deployment.ts';
import { type FunctionWorker, startFunctionWorker, type WorkerReply } from './function-worker.ts';

/** The functions of a deployment, ready to be invoked as Lambda would. */
export interface LambdaHost {
  /** @param event JSON text */
  invoke(functionArn: string, event: string): Promise<WorkerReply>;
  stop(): Promise<void>;
}

interface HostOptions {
  readonly functions: readonly DeployedFunction[];
  /** What AWS adds to every function's environment (credentials, region, endpoints), asked for when an instance starts. */
  readonly surroundings: () => Readonly<Record<string, string>>;
  /** What the functions are told of the API, and where it really is; asked for when an instance starts. */
  readonly apiUrl?: { readonly deployed: string; readonly here: () => string };
  readonly onLog: (functionName: string, text: string) => void;
}

export function startLambdaHost({ functions, ...options }: HostOptions): LambdaHost {
  const pools = new Map(functions.map((deployed) => [deployed.arn, createPool(deployed, options)]));
  return {
    async invoke(functionArn, event) {
      const pool = pools.get(functionArn);
      if (pool === undefined) throw new Error(`There is no function ${functionArn}.`);
      return pool.invoke(event);
    },
    async stop() {
      await Promise.all([...pools.values()].map((pool) => pool.stop()));
    },
  };
}

interface Pool {
  invoke(event: string): Promise<WorkerReply>;
  stop(): Promise<void>;
}

function createPool(
  deployed: DeployedFunction,
  { surroundings, apiUrl, onLog }: Omit<HostOptions, 'functions'>,
): Pool {
  const atHome = (value: string): string =>
    apiUrl === undefined ? value : value.replace(apiUrl.deployed, apiUrl.here);
  const own = Object.entries(deployed.environment);
  const environment = (): Readonly<Record<string, string>> => ({
    ...surroundings(),
    ...Object.fromEntries(own.map(([name, value]) => [name, atHome(value)])),
    AWS_LAMBDA_FUNCTION_NAME: deployed.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(deployed.memoryMegabytes),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  });
  const started = new Set<FunctionWorker>();
  const idle: FunctionWorker[] = [];
  let isStopped = false;

  function take(): FunctionWorker {
    for (let warm = idle.pop(); warm !== undefined; warm = idle.pop()) {
      if (warm.isAlive) return warm;
      started.delete(warm);
    }
    const cold = startFunctionWorker(deployed, environment(), (text) => onLog(deployed.name, text));
    started.add(cold);
    return cold;
  }

  return {
    async invoke(event) {
      if (isStopped) throw new Error(`The function ${deployed.name} is stopped.`);
      const worker = take();
      const reply = await worker.invoke(event);
      if (worker.isAlive) idle.push(worker);
      else started.delete(worker);
      return reply;
    },
    async stop() {
      isStopped = true;
      await Promise.all([...started].map((worker) => worker.stop()));
    },
  };
}
