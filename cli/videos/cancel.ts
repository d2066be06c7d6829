import { printableJson, printableLines } from '../../lambdas/core/text/plain.ts';
import type { Interruption } from '../command.ts';
import { shownCommand } from '../command-line/npm.ts';
import { printStatus } from '../print-status.ts';
import { connect } from '../service/connect.ts';
import { toVideoId, type WhereValues } from '../service/where.ts';

interface CancelValues extends WhereValues {
  readonly json: boolean;
}

/** Ends the wait of the service for a video, and says what it does not end. @returns the exit code */
export async function cancel(given: string, values: CancelValues, { signal }: Interruption): Promise<number> {
  const videoId = toVideoId('ID', given);
  const { client, where } = await connect(values, signal);
  const video = await client.cancel(videoId);
  const { task_id, error } = video;
  console.log(
    values.json
      ? printableJson(video)
      : printableLines(`The service no longer waits for the video ${videoId}. ${error?.detail ?? ''}`.trim()),
  );
  if (task_id !== undefined)
    printStatus(
      `MiniMax continues the task and may charge for it. To fetch its video: ${shownCommand('adopt', `${task_id} ${where.flags}`)}`,
    );
  return 0;
}
