import type * as z from 'zod/mini';
import type { ValidationIssue } from '../json/pointer.ts';
import type { TaskStatus } from './status.ts';

/** All that differs between the kinds of MiniMax task. `kinds.ts` lists the kinds, and no other folder knows one of them. */
export interface Kind<Request extends object = object> {
  /** The field by which a request of this kind is recognized. A video shows it. */
  readonly field: string;
  /** MiniMax's own request body, without `callback_url`. */
  readonly requestSchema: z.ZodMiniObject<Readonly<Record<string, z.core.$ZodType>>, z.core.$strict>;
  /** The fields that are lists. A list that is too long is rejected before its items are read. */
  readonly listFields: readonly string[];
  /** The fields that hold the caller's own words. They are recorded as they came, links included. */
  readonly textFields: readonly string[];
  /** Where a task is created, with POST. */
  readonly createPath: string;
  toBody(request: Request): object;
  /** Where MiniMax is asked about a task, with GET. */
  queryPath(taskId: string): string;
  /** The field with the task's id in the answer to a query. An id that comes as a number keeps all of its digits. */
  readonly queriedIdField: string;
  readTask(fields: Readonly<Record<string, unknown>>): TaskFields;
  /** MiniMax's words for a task that has ended, in lower case. A task with any other word is running. */
  readonly finalWords: Readonly<Record<string, Exclude<TaskStatus, 'running'>>>;
  /** The body with each image replaced. It may be any JSON. @param replace gets a JSON Pointer too */
  mapImages(body: unknown, replace: ReplaceImage): unknown;
  /** Why MiniMax at this host would reject a request that fits the schema. */
  violations(request: Request, host: string): readonly ValidationIssue[];
  /** Warnings about parts of a request that could not be checked. The request may be any JSON. */
  warnings(request: unknown, host: string): readonly string[];
  /** What a video of this request costs. The request may be any JSON. */
  price(request: unknown, host: string): Price;
  /** Helps to find a task of this request among others, as in `of template 7`, or `''`. The request may be any JSON. */
  describe(request: unknown): string;
}

export type ReplaceImage = (value: string, pointer: string) => string;

/** What an answer to a query says of the task, unchecked. */
export interface TaskFields {
  readonly taskId: unknown;
  /** MiniMax's word. */
  readonly status: unknown;
  readonly videoUrl: unknown;
  /** Why the task has failed, where the answer says it apart from its own code. */
  readonly code?: unknown;
}

export interface Price {
  /** What the video is called in the price list. */
  readonly name?: string;
  /** US dollars; null where no price is known. */
  readonly usd: number | null;
  /** The day on which the price list was read, as in `2026-11-22`. */
  readonly readOn: string;
}
