import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { Video } from '../../lambdas/core/api/response.ts';
import type { Create } from '../../local/simulator/create-log.ts';
import type { LocalExecution } from '../../local/step-functions/engine.ts';
import { writeFaultyAssembly } from '../faults/faulty-assembly.ts';
import {
  OWNER,
  REQUEST,
  type RunningService,
  type SimulatedStack,
  serve,
} from '../harness/running-service.ts';
import { LONG_VIDEO } from './long-video.ts';
import { type KeptVideo, SECRETS_FILE } from './release.ts';
import { createSnapshots, type Snapshot } from './snapshots.ts';
import { type Moment, type Story, SUCCEEDS } from './stories.ts';

/** A service that makes videos, and keeps each as it was at one moment. */
export interface Keeping {
  keep(story: Story, moment: Moment): Promise<KeptVideo>;
  /** The generated secrets, as the local service stores them. */
  readonly secrets?: string | undefined;
  stop(): Promise<void>;
}

/** A video while it is made. */
interface Making {
  readonly title: string;
  readonly story: Story;
  readonly moment: Moment;
  /** The task that it adopts. */
  readonly adopted?: string | undefined;
  /** The creates of this video until now. */
  readonly creates: () => readonly Create[];
}

export async function startKeeping({
  simulator,
  folder: parent,
  assembly,
}: SimulatedStack): Promise<Keeping> {
  const folder = join(parent, 'kept');
  const faultFile = join(folder, 'faults.json');
  const objectFolder = join(folder, 'objects');
  const faulty = join(folder, 'cdk.out');
  await writeFaultyAssembly({ assembly, folder: faulty, faultFile, objectFolder });
  let watch: (execution: LocalExecution, event: HistoryEvent) => void = () => undefined;
  const running = await serve(
    { simulator, folder, assembly: faulty },
    { pauseMs: 5, waitMs: 300, onEvent: (execution, event) => watch(execution, event) },
  );
  const { read } = createSnapshots(running, objectFolder);
  const secrets = join(`${objectFolder}-state`, SECRETS_FILE);

  async function keep(making: Making): Promise<KeptVideo> {
    const { title, story, moment, creates } = making;
    let snapshot: Snapshot | undefined;
    watch = (execution, event) => {
      if (momentOf(execution, event) === moment) snapshot ??= read(execution, creates().length);
      const isWaiting = event.stateEnteredEventDetails?.name === 'Wait';
      if (isWaiting && story.person === 'cancels')
        void fetch(`${running.service.url}/videos/${execution.name}`, { method: 'DELETE' });
    };
    const { videoId, request } = await start(running, making);
    const ended = await end(running, videoId, story);
    if (moment === 'has ended') snapshot = read(ended, creates().length);
    if (snapshot === undefined) throw new Error(`The video "${title}" never came to this moment.`);
    const { items, createsBefore, ...found } = snapshot;
    const createsLater = creates().length - createsBefore;
    return {
      title,
      ...found,
      request,
      items: await items,
      task: createsLater > 0 ? undefined : taskOf(making),
      callback: callbackOf(making),
      end: { status: ended.status, error: ended.error, creates: createsLater },
      shown: toShown(await running.get(videoId), createsLater > 0),
    };
  }

  return {
    secrets: existsSync(secrets) ? readFileSync(secrets, 'utf8') : undefined,
    stop: () => running.stop(),
    async keep(story, moment) {
      const { functionFaults = [], scripts = [SUCCEEDS], isLong } = story;
      const [first, ...others] = isLong
        ? scripts.map((script) => ({ ...script, video: LONG_VIDEO }))
        : scripts;
      await writeFile(faultFile, JSON.stringify(functionFaults));
      simulator.forgetScripts();
      const adopted = story.start === 'adopts a task' ? simulator.makeTask(first) : undefined;
      for (const script of [first, ...others]) simulator.script(script ?? {});
      const title = `${story.name}, ${moment}`;
      const creates = () => simulator.creates.filter(({ body }) => JSON.stringify(body)?.includes(title));
      return keep({ title, story, moment, adopted, creates });
    },
  };
}

function taskOf({ story, adopted, creates }: Making): KeptVideo['task'] {
  const id = adopted ?? creates().find(({ taskId }) => taskId !== undefined)?.taskId;
  const { later = { queries: ['Success'] }, isLong = false } = story;
  return id === undefined ? undefined : { id, scenario: later, isLong };
}

function callbackOf({ creates }: Making): string | undefined {
  const { callback_url } = (creates()[0]?.body ?? {}) as { readonly callback_url?: string };
  return callback_url && new URL(callback_url).pathname;
}

/** Waits for the last end of the video. */
async function end({ service, endOf }: RunningService, videoId: string, { person }: Story) {
  const ended = await endOf(videoId);
  if (person !== 'redrives') return ended;
  service.engine.redrive(videoId);
  return endOf(videoId);
}

/** The kind of moment that an event is. */
function momentOf(execution: LocalExecution, event: HistoryEvent): Moment | undefined {
  const entered = event.stateEnteredEventDetails?.name;
  if (entered !== undefined) return `enters ${entered}`;
  if (event.type === 'ExecutionRedriven') return 'is redriven';
  const state = execution.events.findLast(
    ({ stateEnteredEventDetails }) => stateEnteredEventDetails !== undefined,
  )?.stateEnteredEventDetails?.name;
  if (event.type === 'LambdaFunctionFailed') return `fails in ${state}`;
  return event.type === 'TaskSubmitted' ? `waits in ${state}` : undefined;
}

async function start(
  { service, post }: RunningService,
  { title, adopted, story }: Making,
): Promise<{ readonly videoId: string; readonly request?: KeptVideo['request'] }> {
  if (story.start === 'is no request') {
    const { name } = service.engine.start(
      title.replaceAll(/\W+/g, '-'),
      JSON.stringify({ owner: OWNER, title }),
    );
    return { videoId: name };
  }
  const body = adopted === undefined ? { ...REQUEST, text_inputs: [{ value: title }] } : { task_id: adopted };
  const answer = await post(body, { 'idempotency-key': title });
  if (answer.status !== 202) throw new Error(`The POST of "${title}" was answered: ${await answer.text()}`);
  const { video_id: videoId } = (await answer.json()) as Video;
  return { videoId, request: { key: title, body } };
}

/** @param isNewTask the next release makes another task */
function toShown(
  { video_id, status, task_id, template_id, error }: Video,
  isNewTask: boolean,
): KeptVideo['shown'] {
  const task = isNewTask ? {} : { task_id };
  return { video_id, status, template_id, ...task, error: error && { type: error.type } };
}
