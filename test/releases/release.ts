import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { Scenario } from '../../local/simulator/scenario.ts';
import type { StoredExecution } from '../../local/step-functions/execution-rows.ts';
import type { Context } from '../../local/synthesize.ts';

/** The stacks whose templates are kept, by the names of their folders, with their settings. */
export const TEMPLATES = {
  plain: {},
  callbacks: { callbacks: true },
  keys: { callbacks: true, auth: 'key', alarmEmail: 'operator@example.com' },
} as const satisfies Readonly<Record<string, Context>>;
export type TemplateName = keyof typeof TEMPLATES;

/** Those whose videos are kept too. */
export const STACKS = ['plain', 'callbacks'] as const satisfies readonly TemplateName[];
export type StackName = (typeof STACKS)[number];

/** The name under which the local service finds the template in the folder of a stack. */
export const TEMPLATE_FILE = 'TemplateVideo.template.json';
export const SECRETS_FILE = 'secrets.json';

/** A video of a release as it was at one moment. All documents are as that release has written them. */
export interface KeptVideo {
  /** As in `a video succeeds, enters Wait`. Also the text of its request, by which its creates are recognized. */
  readonly title: string;
  /** When it was like this. */
  readonly at: string;
  /** Absent where an operator started the execution in the console. */
  readonly request?: { readonly key: string; readonly body: object };
  readonly execution: KeptExecution;
  /** By their keys. */
  readonly objects: Readonly<Record<string, KeptObject>>;
  /** The unfinished upload of an unfinished copy. */
  readonly upload?: KeptUpload;
  /** The items of the table, as DynamoDB sends them. */
  readonly items: readonly object[];
  /** The task at MiniMax, and what becomes of it after the upgrade. */
  readonly task?: { readonly id: string; readonly scenario: Scenario; readonly isLong: boolean };
  /** The path of the address that MiniMax was given. */
  readonly callback?: string;
  /** How the execution ended in its release, and how many creates it sent behind this moment. */
  readonly end: { readonly status: string; readonly error?: string; readonly creates: number };
  /** What GET answered to in the end, of what no release may change. */
  readonly shown: Readonly<Record<string, unknown>>;
}

export interface KeptExecution
  extends Omit<StoredExecution, 'input' | 'output' | 'startDate' | 'stopDate' | 'cause'> {
  readonly input: unknown;
  readonly output?: unknown;
  readonly cause?: unknown;
  readonly startDate: string;
  readonly stopDate?: string;
  readonly events: readonly KeptEvent[];
  /** The task token for which the execution waits. */
  readonly token?: string;
}

export interface KeptEvent {
  readonly type: string;
  readonly timestamp: string;
  readonly [details: string]: unknown;
}

/** Exactly one of `json`, `base64` and `isClip` is there. */
export interface KeptObject {
  readonly metadata: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly base64?: string;
  /** Is it the clip of the simulator, as each copied video is? */
  readonly isClip?: true;
}

export interface KeptUpload {
  readonly id: string;
  readonly key: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** The names of the files with the parts of the long video, in their order. */
  readonly parts: readonly string[];
}

/** Fields of events and executions whose text is JSON. They are kept as values, so that a person can read them. */
const JSON_TEXTS = ['input', 'output', 'parameters', 'cause'];

const UNREAD = ['inputDetails', 'outputDetails', 'roleArn'];

/** Makes values of the JSON texts of an execution, or of the details of an event. */
export function unfolded(details: object): object {
  return mapTexts(details, (value) => (typeof value === 'string' ? parsed(value) : value));
}

/** The reverse of `unfolded`. */
export function folded(details: object): object {
  return mapTexts(details, (value) => (typeof value === 'object' ? JSON.stringify(value) : value));
}

function mapTexts(details: object, map: (value: unknown) => unknown): object {
  const entries = Object.entries(details).map(([name, value]) => [
    name,
    JSON_TEXTS.includes(name) ? map(value) : value,
  ]);
  return Object.fromEntries(entries);
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text, withoutTrace);
    return typeof value === 'object' && value !== null ? value : text;
  } catch {
    return text;
  }
}

/** A trace has paths of this machine, also within the text of a cause. */
function withoutTrace(name: string, value: unknown): unknown {
  if (name === 'trace') return [];
  if (typeof value !== 'string' || !value.includes('"trace":[')) return value;
  return JSON.stringify(JSON.parse(value, withoutTrace));
}

/**
 * The history of an execution. Of its data it has what the functions and the local service read: inputs and outputs since the newest
 * entry of a state.
 */
export function toKeptEvents(events: readonly HistoryEvent[]): readonly KeptEvent[] {
  const newest = events.findLastIndex(({ stateEnteredEventDetails }) => stateEnteredEventDetails);
  return events.map(({ type, timestamp, id: _id, previousEventId: _previous, ...all }, index) => {
    const left = index < newest ? [...UNREAD, ...JSON_TEXTS] : UNREAD;
    const details = Object.entries(all).map(([name, value]) => [name, unfolded(without(left, value))]);
    return { type: String(type), timestamp: toText(timestamp), ...Object.fromEntries(details) };
  });
}

function without(names: readonly string[], value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
}

export function toHistoryEvent({ type, timestamp, ...all }: KeptEvent, index: number): HistoryEvent {
  const details = Object.entries(all).map(([name, value]) => [name, folded(value as object)]);
  return {
    type: type as HistoryEvent['type'],
    timestamp: new Date(timestamp),
    id: index + 1,
    previousEventId: index,
    ...Object.fromEntries(details),
  };
}

export const toText = (date = new Date()): string => date.toISOString();

/** The folder with a folder for each version that is kept. */
export const RELEASES = import.meta.dirname;

/** The versions that are kept, the newest last. */
export function keptVersions(): readonly string[] {
  const versions = readdirSync(RELEASES).filter((name) => /^\d+\.\d+\.\d+$/.test(name));
  return versions.sort((one, other) => one.localeCompare(other, 'en', { numeric: true }));
}

export function folderOf(version: string, stack: TemplateName): string {
  return join(RELEASES, version, stack);
}

/** The videos of a kept stack. All times are moved, so that each video is now as it was when it was kept. */
export function readVideos(version: string, stack: StackName, now = Date.now()): readonly KeptVideo[] {
  const folder = folderOf(version, stack);
  const files = readdirSync(folder).filter(
    (name) => name.endsWith('.json') && name !== TEMPLATE_FILE && name !== SECRETS_FILE,
  );
  return files.map((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    const { at } = JSON.parse(text) as KeptVideo;
    return JSON.parse(movedBy(now - Date.parse(at), text));
  });
}

/** The generated secrets, by the names of their resources. */
export function readSecrets(version: string, stack: StackName): string | undefined {
  const path = join(folderOf(version, stack), SECRETS_FILE);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** Moves each time of ISO 8601 with milliseconds, as the functions write them. */
function movedBy(milliseconds: number, text: string): string {
  return text.replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, (time) =>
    toText(new Date(Date.parse(time) + milliseconds)),
  );
}
