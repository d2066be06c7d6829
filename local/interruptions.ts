import type { Engine, LocalExecution } from './engine/engine.ts';
import type { VideoObjects } from './video-objects.ts';

/** Executions that lost a function when the process before ended. */
export interface Interruptions {
  /**
   * Does this execution, which has just ended, go on? It does where a create was cut off behind its answer: `Record failure`
   * ends it in doubt, but the task was written down, and a redrive goes on with the task.
   */
  goesOn(ended: LocalExecution): boolean;
  stop(): void;
}

interface InterruptionOptions {
  readonly engine: () => Pick<Engine, 'redrive' | 'store'>;
  readonly videos: Pick<VideoObjects, 'job' | 'storedTask'>;
}

export function followInterruptions({ engine, videos }: InterruptionOptions): Interruptions {
  let isStopped = false;

  function isPaidAndUndelivered({ name, status, error }: LocalExecution): boolean {
    if (status !== 'FAILED' || error !== 'SubmitOutcomeUnknown') return false;
    const taskId = videos.job(name)?.taskId;
    return taskId !== undefined && videos.storedTask(name) !== taskId;
  }

  return {
    goesOn(ended) {
      const { store, redrive } = engine();
      const { name } = ended;
      if (!store.interrupted().includes(name)) return false;
      const isToGoOn = isPaidAndUndelivered(ended);
      // Not within the end of the execution, and both in one transaction: a kill in between forgets neither.
      setImmediate(() => {
        if (isStopped) return;
        store.forgetInterruption(name);
        if (isToGoOn) redrive(name);
      });
      return isToGoOn;
    },
    stop() {
      isStopped = true;
    },
  };
}
