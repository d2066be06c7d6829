import type { ServerResponse } from 'node:http';
import type { ProblemError } from './scenario.ts';
import type { TaskMemory } from './task-memory.ts';

/** A create that reached the simulator, with its task or its rejection. MiniMax charges for each task. */
export interface Create {
  /** Absent where the connection was closed before the body was read. */
  readonly body?: unknown;
  readonly taskId?: string;
  readonly rejection?: ProblemError;
}

/** Whether an answer was sent completely; `cut` where the connection was closed before. */
export type AnswerFate = 'open' | 'sent' | 'cut';

export interface CreateLog {
  /** In the order of arrival. */
  readonly creates: readonly Create[];
  /** By the id of the task. */
  readonly answers: ReadonlyMap<string, AnswerFate>;
  /** Counts a create. Called before the create is answered. */
  add(create: Create): void;
  followAnswer(taskId: string, response: ServerResponse): void;
}

export function createCreateLog(memory: TaskMemory | undefined): CreateLog {
  const creates: Create[] = [...(memory?.creates() ?? [])];
  const answers = new Map<string, AnswerFate>();
  return {
    creates,
    answers,
    add(create) {
      creates.push(create);
      memory?.keepCreate(create);
    },
    followAnswer(taskId, response) {
      answers.set(taskId, response.destroyed ? 'cut' : 'open');
      response.once('close', () => answers.set(taskId, response.writableFinished ? 'sent' : 'cut'));
    },
  };
}
