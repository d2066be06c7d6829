import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createObjectFiles } from '../../local/s3/object-files.ts';
import { keysIn, UPLOADS } from '../../local/s3/object-paths.ts';
import type { LocalExecution } from '../../local/step-functions/engine.ts';
import type { RunningService } from '../harness/running-service.ts';
import {
  type KeptExecution,
  type KeptObject,
  type KeptUpload,
  type KeptVideo,
  toKeptEvents,
  toText,
  unfolded,
} from './release.ts';

/** A video at one moment, with the number of its creates before. */
export type Snapshot = Pick<KeptVideo, 'at' | 'execution' | 'objects' | 'upload'> & {
  readonly items: Promise<readonly object[]>;
  readonly createsBefore: number;
};

interface Snapshots {
  /** Reads all but the items before it returns, so that the execution cannot continue in the meantime. */
  read(execution: LocalExecution, createsBefore: number): Snapshot;
}

/** Reads the history, the objects and the items of a video. @param objectFolder of the service */
export function createSnapshots({ service }: RunningService, objectFolder: string): Snapshots {
  const { deployment, engine, tables } = service;
  const [bucket = ''] = deployment.buckets;
  const TableName = deployment.tables[0]?.name ?? '';
  const files = createObjectFiles(objectFolder);

  function objectAt(key: string): KeptObject {
    const found = files.find(bucket, key);
    if (found === undefined) throw new Error(`There is no object ${key}.`);
    const metadata = ownHeaders(found.metadata);
    if (key.endsWith('.json')) return { metadata, json: JSON.parse(found.text()) };
    if (key.endsWith('.mp4')) return { metadata, isClip: true };
    const path = join(objectFolder, bucket, key);
    return { metadata, base64: readFileSync(path).toString('base64') };
  }

  function uploadOf(videoId: string): KeptUpload | undefined {
    const uploads = join(objectFolder, bucket, UPLOADS);
    const id = (existsSync(uploads) ? readdirSync(uploads) : []).find((name) =>
      readFileSync(join(uploads, name, 'key'), 'utf8').startsWith(`videos/${videoId}/`),
    );
    if (id === undefined) return undefined;
    const names = readdirSync(join(uploads, id)).sort();
    const parts = names.filter((name) => /^\d+-/.test(name));
    const metadata = JSON.parse(readFileSync(join(uploads, id, 'metadata'), 'utf8'));
    return { id, key: readFileSync(join(uploads, id, 'key'), 'utf8'), parts, metadata: ownHeaders(metadata) };
  }

  async function itemsOf(texts: readonly (string | undefined)[]): Promise<readonly object[]> {
    const { body } = await tables.call(
      'DynamoDB_20120810.Scan',
      Buffer.from(JSON.stringify({ TableName, ConsistentRead: true })),
    );
    const { Items } = JSON.parse(body) as { readonly Items: readonly object[] };
    return Items.filter((item) =>
      texts.some((text) => text !== undefined && JSON.stringify(item).includes(text)),
    );
  }

  return {
    read(execution, createsBefore) {
      const { name } = execution;
      const bucketFolder = join(objectFolder, bucket);
      const images = [...execution.input.matchAll(/uploads\/[^"]+/g)].map(([key]) => key);
      const keys = [...keysIn(bucketFolder, `videos/${name}/`), ...images];
      const { task_id } = JSON.parse(execution.input) as { readonly task_id?: string };
      return {
        at: toText(),
        execution: toKeptExecution(execution, engine.store.tokens.newest(name)?.token),
        objects: Object.fromEntries(keys.map((key) => [key, objectAt(key)])),
        upload: uploadOf(name),
        items: itemsOf([name, task_id]),
        createsBefore,
      };
    },
  };
}

/** Without those of one request. */
function ownHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const isOwn = (name: string): boolean =>
    /^(content-(type|disposition)|x-amz-(meta|checksum)-.*)$/.test(name);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => isOwn(name)));
}

function toKeptExecution(
  { arn: _arn, events, startDate, stopDate, ...execution }: LocalExecution,
  newestToken: string | undefined,
): KeptExecution {
  return {
    ...(unfolded(execution) as Omit<KeptExecution, 'events' | 'startDate'>),
    startDate: toText(startDate),
    stopDate: stopDate && toText(stopDate),
    events: toKeptEvents(events),
    token: events.at(-1)?.type === 'TaskSubmitted' ? newestToken : undefined,
  };
}
