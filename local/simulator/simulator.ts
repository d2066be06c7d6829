import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { type Listening, listen, readBody } from '../listen.ts';
import { GOOD_DAY, type Refusal, type Script } from './script.ts';

const CREATE_PATH = '/v1/video_template_generation';
const QUERY_PATH = '/v1/query/video_template_generation';

/** Beyond 2^53, as MiniMax's own ids are. */
const FIRST_TASK_ID = 393_769_180_141_900_000n;

/** A create that reached the simulator, and the task it made if it was accepted: that is what the money is. */
export interface Create {
  readonly body: unknown;
  readonly taskId?: string;
}

export interface Simulator extends Listening {
  /** Every create in the order of arrival. */
  readonly creates: readonly Create[];
  /** How many times each task was asked for. */
  readonly queries: ReadonlyMap<string, number>;
  /** What to do with the next create that comes; several are taken in turn. */
  script(script: Script): void;
}

interface SimulatedTask {
  readonly script: Required<Script>;
  asked: number;
}

/** A MiniMax on this machine, with the API of the facts that are known about it, and real MP4 bytes. */
export async function startSimulator({
  apiKey,
  port = 0,
}: {
  readonly apiKey: string;
  readonly port?: number;
}): Promise<Simulator> {
  const clip = await readFile(join(import.meta.dirname, 'clip.mp4'));
  const scripts: Script[] = [];
  const creates: Create[] = [];
  const queries = new Map<string, number>();
  const tasks = new Map<string, SimulatedTask>();

  async function create(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = parse(await readBody(request));
    const fault = faultOf(body);
    const script = { ...GOOD_DAY, ...(fault === undefined ? scripts.shift() : {}) };
    const behaviour = fault ?? script.create;
    if (typeof behaviour === 'object' && !('acceptAfterMs' in behaviour)) {
      creates.push({ body });
      refuse(response, behaviour);
      return;
    }
    const taskId = String(FIRST_TASK_ID + BigInt(tasks.size));
    tasks.set(taskId, { script, asked: 0 });
    creates.push({ body, taskId });
    if (behaviour === 'accept, lose the reply') {
      response.destroy();
      return;
    }
    if (typeof behaviour === 'object') await after(behaviour.acceptAfterMs);
    answer(
      response,
      behaviour === 'accept, reply with rubbish' ? '<html>' : { task_id: taskId, base_resp: FINE },
    );
  }

  function query(taskId: string, response: ServerResponse): void {
    const task = tasks.get(taskId);
    if (task === undefined) {
      refuse(response, { code: 2013, message: 'invalid params, unknown task_id' });
      return;
    }
    const { script } = task;
    const behaviour = script.queries[Math.min(task.asked, script.queries.length - 1)] ?? 'Processing';
    task.asked += 1;
    queries.set(taskId, task.asked);
    if (behaviour === 'lose the reply') {
      response.destroy();
      return;
    }
    if (typeof behaviour === 'object') {
      refuse(response, behaviour);
      return;
    }
    const isDone = behaviour.toLowerCase() === 'success';
    const link = `${server.url}/files/${taskId}.mp4?Expires=${Date.now() + 32_400_000}&Signature=simulated`;
    answer(response, { task_id: taskId, status: behaviour, video_url: isDone ? link : '', base_resp: FINE });
  }

  function download(taskId: string, response: ServerResponse): void {
    const behaviour = tasks.get(taskId)?.script.download ?? 'gone';
    const headers = { 'content-type': 'video/mp4', 'content-length': clip.length };
    switch (behaviour) {
      case 'whole':
        response.writeHead(200, headers).end(clip);
        return;
      case 'half':
        response.writeHead(200, headers).write(clip.subarray(0, clip.length / 2), () => response.destroy());
        return;
      case 'gone':
        response.writeHead(404).end();
        return;
      case 'wrong bytes':
        response
          .writeHead(200, { 'content-type': 'text/html' })
          .end('<html>This is not the video that you paid for.</html>');
        return;
      case 'moved':
        response.writeHead(302, { location: '/clip.mp4' }).end();
        return;
    }
  }

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(`http://simulator${request.url}`);
    const file = /^\/files\/(\d+)\.mp4$/.exec(url.pathname);
    if (file?.[1] !== undefined) {
      download(file[1], response);
    } else if (url.pathname === '/clip.mp4') {
      response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': clip.length }).end(clip);
    } else if (request.headers.authorization !== `Bearer ${apiKey}`) {
      refuse(response, {
        code: 1004,
        message: 'login fail: Please carry the API secret key in the Authorization field',
      });
    } else if (request.method === 'POST' && url.pathname === CREATE_PATH) {
      await create(request, response);
    } else if (request.method === 'GET' && url.pathname === QUERY_PATH) {
      query(url.searchParams.get('task_id') ?? '', response);
    } else {
      response.writeHead(404).end('404 page not found');
    }
  }

  const server = await listen(createServer(), (request, response) => route(request, response), port);
  return { ...server, creates, queries, script: (script) => void scripts.push(script) };
}

const FINE = { status_code: 0, status_msg: 'success' };

function refuse(response: ServerResponse, refusal: Refusal): void {
  if ('httpStatus' in refusal) {
    response.writeHead(refusal.httpStatus).end();
    return;
  }
  answer(response, { base_resp: { status_code: refusal.code, status_msg: refusal.message ?? 'simulated' } });
}

function answer(response: ServerResponse, body: object | string): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response
    .writeHead(200, {
      'content-type': 'application/json',
      'trace-id': crypto.randomUUID().replaceAll('-', ''),
    })
    .end(text);
}

function faultOf(body: unknown): Refusal | undefined {
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
