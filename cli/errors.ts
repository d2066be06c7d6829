import { inspect } from 'node:util';
import { printableJson, printableLines } from '../lambdas/core/text/plain.ts';
import { FolderInUse, UnusableFile, UsageError, UserError } from '../local/user-error.ts';
import { startHintFor } from './service/start-hint.ts';

/** What shells expect of a command that Ctrl-C has ended. */
export const INTERRUPTED = 130;

/** Ctrl-C has ended the work; the message says what continues. */
export class Interrupted extends Error {}

/** How the errors of a command are shown. */
export interface ErrorStyle {
  /** A sentence for a person who has set something wrongly. */
  readonly helpHint: string;
  /** As JSON, for programs. */
  readonly isJson: boolean;
}

/** Prints an error to the standard error stream. @returns the exit code */
export function reportError(error: unknown, style: ErrorStyle): number {
  // The clean-up failed too. The first error is the cause. Node 20 has no such class.
  if (error instanceof Error && error.name === 'SuppressedError') {
    const { suppressed, error: later } = error as SuppressedError;
    const exitCode = reportError(suppressed, style);
    reportError(later, style);
    return exitCode;
  }
  console.error(style.isJson ? printableJson(toJson(error)) : printableLines(toText(error, style)));
  return exitCodeOf(error);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof Interrupted) return INTERRUPTED;
  if (isSetWrongly(error) || error instanceof FolderInUse || error instanceof UnusableFile) return 2;
  return adviceOf(error)?.status === 400 ? 2 : 1;
}

/** A person has set something wrongly: a flag, a variable of the environment, or a setting of the stack. */
function isSetWrongly(error: unknown): error is Error {
  return error instanceof UsageError || (error instanceof Error && error.name === 'InvalidSetting');
}

function toText(error: unknown, { helpHint }: ErrorStyle): string {
  if (isSetWrongly(error)) return `${error.message}\n${helpHint}`;
  return isExplained(error) ? `${error.message}${startHint(error)}` : inspect(error);
}

/** Where no service listens on this machine, or where another program answers in its place. */
function startHint(error: Error): string {
  const { reason = '', host = '', type, status } = adviceOf(error) ?? {};
  if (type === 'other' && status === 404)
    return '\nAnother program answers at this address, and no Template Video. Check the address.';
  const hint = startHintFor({ host, reason });
  return hint === undefined ? '' : `\n${hint}`;
}

function toJson(error: unknown): object {
  const message = error instanceof Error ? error.message : String(error);
  const advice = adviceOf(error);
  if (advice !== undefined) {
    const { type, retry, status, videoId: video_id, idempotencyKey: idempotency_key } = advice;
    const { task_id } = advice.video ?? {};
    return { type, retry, message, status, video_id, idempotency_key, task_id };
  }
  if (isSetWrongly(error)) return { type: 'UsageError', retry: 'new_request', message };
  if (error instanceof Interrupted) return { type: 'Stopped', retry: 'same_key', message };
  return { type: isExplained(error) ? 'UserError' : 'Unexpected', retry: 'never', message };
}

function isExplained(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return (
    error instanceof UserError ||
    error instanceof Interrupted ||
    isSystemError(error) ||
    adviceOf(error) !== undefined
  );
}

/** An error of the operating system; its message names the call and the path. */
function isSystemError(error: Error): boolean {
  return 'syscall' in error && 'code' in error;
}

/** What an error of the client says for programs. */
interface Advice {
  readonly type: string;
  readonly retry: string;
  readonly status?: number;
  /** Of a service that gave no answer. */
  readonly host?: string;
  readonly reason?: string;
  readonly videoId?: string;
  readonly idempotencyKey?: string;
  /** That has failed. */
  readonly video?: { readonly task_id?: string };
}

/** That of the error, or of one that has caused it. The class is not imported, so that a command starts fast. */
function adviceOf(error: unknown): Advice | undefined {
  if (!(error instanceof Error)) return undefined;
  return 'type' in error && 'retry' in error ? (error as Error & Advice) : adviceOf(error.cause);
}
