import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Listening, listen } from '../loopback-server.ts';
import { type CallOutcome, createCallbackSender } from './callback.ts';
import { type AnswerFate, type Create, createCreateLog } from './create-log.ts';
import { createFileServer, IMAGE_PATH } from './file-server.ts';
import { createOutage, type Outage } from './outage.ts';
import { reject } from './reply.ts';
import type { Scenario } from './scenario.ts';
import { createTaskApi } from './task-api.ts';
import type { TaskMemory } from './task-memory.ts';
import { createTasks } from './tasks.ts';

const CREATE_PATH = '/v1/video_template_generation';
const QUERY_PATH = '/v1/query/video_template_generation';

export interface Simulator extends Listening {
  /** An image that every template accepts. */
  readonly imageUrl: string;
  /** Every create in the order of arrival. */
  readonly creates: readonly Create[];
  /** The fate of the answer to each create that made a task, by the id of the task. */
  readonly answers: ReadonlyMap<string, AnswerFate>;
  /** How many times each task was queried. */
  readonly queries: ReadonlyMap<string, number>;
  /** The outcome of each request to a `callback_url`. */
  readonly calls: readonly CallOutcome[];
  /** Sets the scenario of the next create. Several scenarios apply to the next creates in turn. */
  script(scenario: Scenario): void;
  /** Makes a task without a create. @returns its id */
  makeTask(scenario?: Scenario): string;
  /** Lets a task succeed now, against its scenario, and sends its callback. */
  finish(taskId: string): void;
  /** Replaces the valid API key. */
  replaceKey(apiKey: string): void;
  forgetScripts(): void;
  /** Closes the next connection before anything is read from it, and counts it as a create. */
  closeNextConnection(): void;
  readonly outage: Outage;
}

interface SimulatorOptions {
  readonly apiKey: string;
  readonly port?: number;
  /** The time between a create or a query and the change of the task that it causes. @default 0 */
  readonly callbackAfterMs?: number;
  /** How long it waits for the answer to a callback. @default as MiniMax does */
  readonly callbackAnswerMs?: number;
  /** Keeps the tasks after the simulator has stopped. @default none */
  readonly memory?: TaskMemory | undefined;
}

/** A MiniMax on this machine, with the documented API and real MP4 files. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { apiKey, port = 0, callbackAfterMs = 0, callbackAnswerMs, memory } = options;
  const files = await createFileServer();
  const scenarios: Scenario[] = [];
  const log = createCreateLog(memory);
  const sender = createCallbackSender(callbackAnswerMs);
  let rightKey = apiKey;

  async function download(taskId: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const behaviour = tasks.download(taskId) ?? { httpStatus: 404 };
    if (typeof behaviour === 'object' && 'downForMs' in behaviour) return outage.for(behaviour.downForMs);
    files.serve(request, response, behaviour, tasks.find(taskId)?.scenario.video);
  }

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(`http://simulator${request.url}`);
    const file = /^\/files\/(\d+)\.mp4$/.exec(pathname);
    if (file?.[1] !== undefined) return download(file[1], request, response);
    if (pathname === IMAGE_PATH) return files.serveImage(response);
    if (files.answersTo(pathname)) return files.serve(request, response, 'whole');
    if (request.headers.authorization !== `Bearer ${rightKey}`) return reject(response, WRONG_KEY);
    if (request.method === 'POST' && pathname === CREATE_PATH) return api.create(request, response);
    if (request.method === 'GET' && pathname === QUERY_PATH)
      return api.query(searchParams.get('task_id') ?? '', response);
    response.writeHead(404).end('404 page not found');
  }

  const http = createServer();
  const server = await listen(http, (request, response) => route(request, response), port);
  const outage = createOutage(http, server.url);
  const tasks = createTasks({ memory, sender, callbackAfterMs });
  const api = createTaskApi({ tasks, log, scenarios, sender, outage, url: server.url });

  return {
    url: server.url,
    imageUrl: `${server.url}${IMAGE_PATH}`,
    creates: log.creates,
    answers: log.answers,
    queries: tasks.queries,
    calls: sender.outcomes,
    script: (scenario) => void scenarios.push(scenario),
    makeTask: (scenario) => tasks.make(scenario),
    finish: tasks.finish,
    replaceKey: (key) => {
      rightKey = key;
    },
    forgetScripts: () => void scenarios.splice(0),
    closeNextConnection: () =>
      void http.once('connection', (socket) => {
        log.add({});
        socket.destroy();
      }),
    outage,
    async stop() {
      outage.forget();
      sender.stop();
      await server.stop();
      memory?.close();
    },
  };
}

const WRONG_KEY = {
  code: 1004,
  message: 'login fail: Please carry the API secret key in the Authorization field',
};
