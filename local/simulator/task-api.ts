import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod/mini';
import { readBody } from '../loopback-server.ts';
import { isRejection, rejectionIn, replyIn } from './behaviour.ts';
import type { CallbackSender } from './callback.ts';
import type { CreateLog } from './create-log.ts';
import type { Outage } from './outage.ts';
import { reject, sendReply } from './reply.ts';
import { HAPPY_PATH, type ProblemError, type Scenario, type StatusReply } from './scenario.ts';
import type { SimulatedTasks } from './tasks.ts';

/** MiniMax's answer to a create whose `callback_url` does not answer its challenge. */
export const UNANSWERED_CALLBACK = {
  code: 2013,
  message: 'invalid params, callback_url is not reachable',
} as const satisfies ProblemError;

/** The two calls of MiniMax's API that the service makes. */
export interface TaskApi {
  create(request: IncomingMessage, response: ServerResponse): Promise<void>;
  query(taskId: string, response: ServerResponse): Promise<void>;
}

interface TaskApiOptions {
  readonly tasks: SimulatedTasks;
  readonly log: CreateLog;
  /** The scenarios of the next creates. */
  readonly scenarios: Scenario[];
  readonly sender: CallbackSender;
  readonly outage: Outage;
  readonly url: string;
}

export function createTaskApi({ tasks, log, scenarios, sender, outage, url }: TaskApiOptions): TaskApi {
  /** MiniMax tries a `callback_url` before it accepts the create. */
  async function callbackRejection(
    callbackUrl: string | undefined,
    { callbacks = {} }: Scenario,
  ): Promise<ProblemError | undefined> {
    const { challenge = {} } = callbacks;
    if (callbackUrl === undefined || challenge === 'left out') return undefined;
    const isAnswered = challenge !== 'refused' && (await sender.challenge(callbackUrl, challenge));
    return isAnswered ? undefined : UNANSWERED_CALLBACK;
  }

  async function sendStatus(
    response: ServerResponse,
    taskId: string,
    { status, code = 0, httpStatus, withoutLink }: StatusReply,
  ): Promise<void> {
    if (httpStatus !== undefined) {
      response.writeHead(httpStatus).end(JSON.stringify({ status }));
      return;
    }
    const isDone = status.toLowerCase() === 'success' && withoutLink !== true;
    const own = `${url}/files/${taskId}.mp4?Expires=${Date.now() + 32_400_000}&Signature=simulated`;
    const { link = own } = tasks.find(taskId)?.scenario ?? {};
    const video_url = !isDone ? '' : typeof link === 'string' ? link : link(own);
    await sendReply(response, { task_id: taskId, status, video_url }, { reply: 'whole', code });
  }

  return {
    async create(request, response) {
      if (scenarios[0]?.create === 'close after the headers') {
        scenarios.shift();
        log.add({});
        response.destroy();
        return;
      }
      const body = parse(await readBody(request));
      const { data } = z.safeParse(createBody, body);
      const { create = HAPPY_PATH.create, ...scenario } = (data && scenarios.shift()) ?? {};
      const callbackUrl = data?.callback_url;
      const rejection = data ? rejectionIn(create) : NO_TEMPLATE;
      const problem = rejection ?? (await callbackRejection(callbackUrl, scenario));
      if (problem !== undefined) {
        log.add({ body, rejection: problem });
        reject(response, problem);
        return;
      }
      const taskId = tasks.make(scenario, callbackUrl);
      log.add({ body, taskId });
      log.followAnswer(taskId, response);
      if (callbackUrl !== undefined && scenario.callbacks?.isEarly === true)
        await sender.send(callbackUrl, {});
      await sendReply(response, { task_id: taskId }, replyIn(create));
      tasks.announceNext(taskId);
    },

    async query(taskId, response) {
      const behaviour = tasks.query(taskId);
      if (behaviour === undefined) return reject(response, UNKNOWN_TASK);
      response.once('close', () => tasks.announceNext(taskId));
      if (isRejection(behaviour)) return reject(response, behaviour);
      if (typeof behaviour === 'string') return sendStatus(response, taskId, { status: behaviour });
      if ('status' in behaviour) return sendStatus(response, taskId, behaviour);
      if ('reply' in behaviour)
        return sendReply(response, { task_id: taskId, status: 'Processing', video_url: '' }, behaviour);
      await outage.for(behaviour.downForMs);
    },
  };
}

const UNKNOWN_TASK: ProblemError = { code: 2013, message: 'invalid params, unknown task_id' };
const NO_TEMPLATE: ProblemError = { code: 2013, message: 'invalid params, template_id is required' };

const createBody = z.object({
  template_id: z.string().check(z.minLength(1)),
  callback_url: z.catch(z.optional(z.string()), undefined),
});

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
