import { expect, test } from 'vitest';
import type { JobRecord } from '../../../lambdas/core/job/job-record.ts';
import { createTaskOwners } from '../../../lambdas/io/table/task-owners.ts';
import { createVideoIndex } from '../../../lambdas/io/table/video-index.ts';
import { executionKey, request, submittedJob } from '../../harness/running-job.ts';
import type { EmulatedTable } from '../../harness/table.ts';

const rules = { visibility: 'owner', listedMetadata: [] } as const;
const [ANA, BEN] = ['key ana', 'key ben'] as const;

let count = 0;
function newTask(): string {
  count += 1;
  return `task-${count}`;
}

/** What the owners of tasks promise, in every emulator of their table. */
export function testTaskOwners(running: () => EmulatedTable): void {
  const claim = (taskId: string, owner: string): Promise<boolean> =>
    createTaskOwners(running().table).claim(taskId, owner);

  async function putVideo(task_id: string, owner: string | undefined, adopted = false): Promise<void> {
    const task = { ...submittedJob.task, task_id, adopted };
    const record: JobRecord = { ...executionKey, video_id: `${owner} ${task_id}`, owner, request, task };
    await createVideoIndex(running().table, rules).put(record);
  }

  test('an owner adopts the task of its own video, and no other owner does', async () => {
    const task = newTask();
    await putVideo(task, ANA);
    expect(await claim(task, ANA)).toBe(true);
    expect(await claim(task, BEN)).toBe(false);
  });

  test('no owner adopts the task of a video of the console', async () => {
    const task = newTask();
    await putVideo(task, undefined);
    expect(await claim(task, ANA)).toBe(false);
  });

  test('the first of two owners at one moment gets a task that no video created, and keeps it', async () => {
    const task = newTask();
    const owners = [ANA, BEN];
    const claims = await Promise.all(owners.map((owner) => claim(task, owner)));
    expect(claims.filter((isClaimed) => isClaimed)).toHaveLength(1);
    expect(await Promise.all(owners.map((owner) => claim(task, owner)))).toEqual(claims);
  });

  test('the video that adopted a task gives its owner no right to it', async () => {
    const task = newTask();
    expect(await claim(task, ANA)).toBe(true);
    await putVideo(task, BEN, true);
    expect(await claim(task, BEN)).toBe(false);
    expect(await claim(task, ANA)).toBe(true);
  });

  test('the creator of a task adopts it although another owner has claimed its id before', async () => {
    const task = newTask();
    expect(await claim(task, BEN)).toBe(true);
    await putVideo(task, BEN, true);
    await putVideo(task, ANA);
    expect(await claim(task, ANA)).toBe(true);
    expect(await claim(task, BEN)).toBe(false);
  });

  test('the owner of an adopted video keeps its task where the table was emptied and made again', async () => {
    const task = newTask();
    await putVideo(task, ANA, true);
    expect(await claim(task, BEN)).toBe(false);
    expect(await claim(task, ANA)).toBe(true);
    expect(await claim(task, BEN)).toBe(false);
  });
}
