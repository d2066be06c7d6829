import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Listening, listen, readBody } from '../loopback-server.ts';
import { type CallOutcome, createCaller } from './callback.ts';
import { createFileServer, IMAGE_PATH } from './file-server.ts';
import { createOutage, type Outage } from './outage.ts';
import { refuse, sendReply } from './reply.ts';
import {
  type CreateBehaviour,
  HAPPY_PATH,
  type ProblemError,
  type QueryBehaviour,
  type Reply,
  type Scenario,
  type StatusReply,
} from './scenario.ts';
import type { TaskMemory } from './task-memory.ts';

const CREATE_PATH = '/v1/video_template_generation';
const QUERY_PATH = '/v1/query/video_template_generation';

/** Beyond 2^53, as MiniMax's own ids are. */
const FIRST_TASK_ID = 393_769_180_141_900_000n;

/** A create that reached the simulator, and the task it made or the refusal it got: that is what the money is. */
export interface Create {
  /** Absent where the connection was closed before it was read. */
  readonly body?: unknown;
  readonly taskId?: string;
  readonly refusal?: ProblemError;
}

/** Whether an answer has left whole; `cut` where the connection was gone before. */
export type AnswerFate = 'open' | 'sent' | 'cut';

export interface Simulator extends Listening {
  /** An image that every template takes. */
  readonly imageUrl: string;
  /** Every create in the order of arrival. */
  readonly creates: readonly Create[];
  /** How the answer to each create that made a task has fared, by the id of the task. */
  readonly answers: ReadonlyMap<string, AnswerFate>;
  /** How many times each task was asked for. */
  readonly queries: ReadonlyMap<string, number>;
  /** What came of each call of a `callback_url`. */
  readonly calls: readonly CallOutcome[];
  /** What to do with the next create that comes; several are taken in turn. */
  script(script: Scenario): void;
  /** Makes a task that no create has asked for, and gives its id. */
  makeTask(script?: Scenario): string;
  /** Lets a task succeed now, whatever its script says, and rings. */
  finish(taskId: string): void;
  /** From now on, this key is the right one. */
  replaceKey(apiKey: string): void;
  forgetScripts(): void;
  /** Closes the next connection before anything is read from it, and counts it as a create. */
  closeNextConnection(): void;
  readonly outage: Outage;
}

interface SimulatedTask {
  script: typeof HAPPY_PATH & Scenario;
  /** Where it calls. */
  readonly callbackUrl?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly madeAt: number;
  asked: number;
  fetched: number;
}

/** A MiniMax on this machine, with the API of the facts that are known about it, and real MP4 bytes. */
export async function startSimulator({
  apiKey,
  port = 0,
  callbackAfterMs = 0,
  callbackAnswerMs,
  memory,
}: {
  readonly apiKey: string;
  readonly port?: number;
  /** How long after a create or a query a task changes that changes by them, and it rings. @default 0 */
  readonly callbackAfterMs?: number;
  /** How long it waits for the answer to a callback. @default as MiniMax does */
  readonly callbackAnswerMs?: number;
  /** Where its tasks outlive it. @default nowhere */
  readonly memory?: TaskMemory | undefined;
}): Promise<Simulator> {
  const files = await createFileServer();
  const scripts: Scenario[] = [];
  const creates: Create[] = [...((memory?.creates() ?? []) as readonly Create[])];
  const answers = new Map<string, AnswerFate>();
  const queries = new Map<string, number>();
  const tasks = new Map<string, SimulatedTask>(
    memory?.tasks().map(([taskId, task]) => [taskId, { ...task, script: { ...HAPPY_PATH, ...task.script } }]),
  );
  const caller = createCaller(callbackAnswerMs);
  let rightKey = apiKey;

  function makeTask(script: Scenario = {}, callbackUrl?: string): string {
    const taskId = String(FIRST_TASK_ID + BigInt(tasks.size));
    const whole = { ...HAPPY_PATH, ...script };
    const task = { script: whole, callbackUrl, madeAt: Date.now(), asked: 0, fetched: 0 };
    tasks.set(taskId, task);
    memory?.keepTask(taskId, task);
    if (script.doneAfterSeconds !== undefined) callbackFor(taskId, script.doneAfterSeconds * 1000);
    return taskId;
  }

  /** Counts a create before it is answered, however the answer fares. */
  function count(made: Create): void {
    creates.push(made);
    memory?.keepCreate(made);
  }

  function followAnswer(taskId: string, response: ServerResponse): void {
    answers.set(taskId, response.destroyed ? 'cut' : 'open');
    response.once('close', () => answers.set(taskId, response.writableFinished ? 'sent' : 'cut'));
  }

  /** Calls whoever has asked for it, when the task has changed. */
  function callbackFor(taskId: string, afterMs: number): void {
    const { callbackUrl, script } = tasks.get(taskId) ?? {};
    if (callbackUrl === undefined) return;
    const fields = { task_id: taskId, status: 'processing' };
    const { times = 1 } = script?.callbacks ?? {};
    for (let time = 0; time < times; time += 1) caller.callbackAfter(afterMs, callbackUrl, fields);
  }

  /** A task that changes by being asked for has changed by the next time. */
  function callbackForNext(taskId: string): void {
    const { script, asked = 0 } = tasks.get(taskId) ?? {};
    if (script?.doneAfterSeconds === undefined && asked < (script?.queries.length ?? 0))
      callbackFor(taskId, callbackAfterMs);
  }

  /** Whoever is to be called has to answer first. */
  async function refusalOf(
    callbackUrl: string | undefined,
    { callbacks = {} }: Scenario,
  ): Promise<ProblemError | undefined> {
    const { challenge = {} } = callbacks;
    if (callbackUrl === undefined || challenge === 'left out') return undefined;
    const isThere = challenge !== 'refused' && (await caller.challenge(callbackUrl, challenge));
    return isThere ? undefined : UNANSWERED_CALLBACK;
  }

  async function create(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (scripts[0]?.create === 'close after the headers') {
      scripts.shift();
      count({});
      response.destroy();
      return;
    }
    const body = parse(await readBody(request));
    const fault = faultOf(body);
    const { create: behaviour = HAPPY_PATH.create, ...script } = (fault ? undefined : scripts.shift()) ?? {};
    const callbackUrl = callbackUrlOf(body);
    const refusal = fault ?? refusalIn(behaviour) ?? (await refusalOf(callbackUrl, script));
    if (refusal !== undefined) {
      count({ body, refusal });
      refuse(response, refusal);
      return;
    }
    const taskId = makeTask(script, callbackUrl);
    count({ body, taskId });
    followAnswer(taskId, response);
    if (callbackUrl !== undefined && script.callbacks?.isEarly === true)
      await caller.callback(callbackUrl, {});
    await sendReply(response, { task_id: taskId }, replyIn(behaviour));
    callbackForNext(taskId);
  }

  async function query(taskId: string, response: ServerResponse): Promise<void> {
    const task = tasks.get(taskId);
    if (task === undefined) {
      refuse(response, { code: 2013, message: 'invalid params, unknown task_id' });
      return;
    }
    const behaviour = behaviourOf(task);
    task.asked += 1;
    queries.set(taskId, task.asked);
    memory?.keepTask(taskId, task);
    response.once('close', () => callbackForNext(taskId));
    if (isRefusal(behaviour)) return refuse(response, behaviour);
    if (typeof behaviour === 'string') return tell(response, taskId, { status: behaviour });
    if ('status' in behaviour) return tell(response, taskId, behaviour);
    if ('reply' in behaviour)
      return sendReply(response, { task_id: taskId, status: 'Processing', video_url: '' }, behaviour);
    await outage.last(behaviour.downForMs);
  }

  async function tell(
    response: ServerResponse,
    taskId: string,
    { status, code = 0, httpStatus, withoutLink }: StatusReply,
  ): Promise<void> {
    if (httpStatus !== undefined) {
      response.writeHead(httpStatus).end(JSON.stringify({ status }));
      return;
    }
    const isDone = status.toLowerCase() === 'success' && withoutLink !== true;
    const own = `${server.url}/files/${taskId}.mp4?Expires=${Date.now() + 32_400_000}&Signature=simulated`;
    const { link = own } = tasks.get(taskId)?.script ?? {};
    const fields = { task_id: taskId, status, video_url: isDone ? linkFrom(link, own) : '' };
    await sendReply(response, fields, { reply: 'whole', code });
  }

  async function download(taskId: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const task = tasks.get(taskId);
    if (task === undefined) return files.serve(request, response, { httpStatus: 404 });
    const behaviour = inTurn(task.script.downloads, task.fetched);
    task.fetched += 1;
    if (typeof behaviour === 'object' && 'downForMs' in behaviour) return outage.last(behaviour.downForMs);
    files.serve(request, response, behaviour, task.script.video);
  }

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(`http://simulator${request.url}`);
    const file = /^\/files\/(\d+)\.mp4$/.exec(pathname);
    if (file?.[1] !== undefined) return download(file[1], request, response);
    if (pathname === IMAGE_PATH) return files.serveImage(response);
    if (files.answersTo(pathname)) return files.serve(request, response, 'whole');
    if (request.headers.authorization !== `Bearer ${rightKey}`) {
      return refuse(response, {
        code: 1004,
        message: 'login fail: Please carry the API secret key in the Authorization field',
      });
    }
    if (request.method === 'POST' && pathname === CREATE_PATH) return create(request, response);
    if (request.method === 'GET' && pathname === QUERY_PATH)
      return query(searchParams.get('task_id') ?? '', response);
    response.writeHead(404).end('404 page not found');
  }

  const http = createServer();
  const server = await listen(http, (request, response) => route(request, response), port);
  const outage = createOutage(http, server.url);
  for (const taskId of tasks.keys()) callbackForNext(taskId);

  return {
    url: server.url,
    imageUrl: `${server.url}${IMAGE_PATH}`,
    creates,
    answers,
    queries,
    calls: caller.outcomes,
    script: (script) => void scripts.push(script),
    makeTask: (script) => makeTask(script),
    finish(taskId) {
      const task = tasks.get(taskId);
      if (task === undefined) throw new Error(`There is no task ${taskId}.`);
      const { doneAfterSeconds: _done, ...script } = task.script;
      task.script = { ...script, queries: ['Success'] };
      callbackFor(taskId, 0);
    },
    replaceKey: (key) => {
      rightKey = key;
    },
    forgetScripts: () => void scripts.splice(0),
    closeNextConnection: () =>
      void http.once('connection', (socket) => {
        count({});
        socket.destroy();
      }),
    outage,
    async stop() {
      outage.forget();
      caller.stop();
      await server.stop();
      memory?.close();
    },
  };
}

/** What MiniMax says of a `callback_url` where nobody answers its challenge. */
export const UNANSWERED_CALLBACK = {
  code: 2013,
  message: 'invalid params, callback_url is not reachable',
} as const satisfies ProblemError;

function refusalIn(behaviour: CreateBehaviour): ProblemError | undefined {
  return typeof behaviour === 'object' && !('reply' in behaviour) ? behaviour : undefined;
}

function replyIn(behaviour: CreateBehaviour): Reply | undefined {
  return typeof behaviour === 'object' && 'reply' in behaviour ? behaviour : undefined;
}

function callbackUrlOf(body: unknown): string | undefined {
  const { callback_url } = (body ?? {}) as { readonly callback_url?: unknown };
  return typeof callback_url === 'string' ? callback_url : undefined;
}

function linkFrom(link: NonNullable<Scenario['link']>, own: string): string {
  return typeof link === 'string' ? link : link(own);
}

function behaviourOf({ script, madeAt, asked }: SimulatedTask): QueryBehaviour {
  const { doneAfterSeconds, queries } = script;
  if (doneAfterSeconds === undefined) return inTurn(queries, asked);
  return Date.now() - madeAt >= doneAfterSeconds * 1000 ? 'Success' : 'Processing';
}

/** The behaviour of this turn; the last one is repeated. */
function inTurn<Behaviour>(behaviours: readonly Behaviour[], turn: number): Behaviour {
  const behaviour = behaviours[Math.min(turn, behaviours.length - 1)];
  if (behaviour === undefined) throw new Error('A script needs at least one behaviour.');
  return behaviour;
}

function isRefusal(behaviour: QueryBehaviour): behaviour is ProblemError {
  if (typeof behaviour === 'string') return false;
  return (
    'httpStatus' in behaviour || ('code' in behaviour && !('reply' in behaviour || 'status' in behaviour))
  );
}

function faultOf(body: unknown): ProblemError | undefined {
  const { template_id } = (body ?? {}) as { readonly template_id?: unknown };
  if (typeof template_id === 'string' && template_id !== '') return undefined;
  return { code: 2013, message: 'invalid params, template_id is required' };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
