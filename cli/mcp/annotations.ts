import type { ToolAnnotations } from '@modelcontextprotocol/sdk/types.js';
import * as z from 'zod/mini';

export const READS: ToolAnnotations = { readOnlyHint: true, openWorldHint: true };
/** An equal call gives the first video, so it changes nothing more. */
export const STARTS: ToolAnnotations = { destructiveHint: false, idempotentHint: true, openWorldHint: true };
export const CANCELS: ToolAnnotations = { destructiveHint: true, idempotentHint: true, openWorldHint: true };

/** The input of a tool that is about one video. */
export const videoId = z
  .string()
  .check(z.minLength(1), z.describe('The video_id that start_video or list_videos has given.'));
