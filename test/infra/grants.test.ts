import { expect, test } from 'vitest';
import { appWith, templateOf } from '../harness/synthesized.ts';

const template = templateOf(appWith({ context: { callbacks: true, auth: 'key' } }));

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** The grants of each function in the bucket: the action with the keys, or with `bucket` for the bucket itself. */
function grants(): Readonly<Record<string, readonly string[]>> {
  const policies = Object.entries(template.findResources('AWS::IAM::Policy'));
  const lines = policies.flatMap(([logicalId, { Properties }]) => {
    const [, name = logicalId] = /^TemplateVideo(\w+?)Role(?:Default|Callback)Policy/.exec(logicalId) ?? [];
    return (Properties.PolicyDocument.Statement as readonly Statement[]).flatMap(({ Action, Resource }) =>
      [Action]
        .flat()
        .filter((action) => /^(s3:|\*)/.test(action))
        .map((action) => [name, `${action.replace('s3:', '')} ${keysOf(Resource)}`] as const),
    );
  });
  const byFunction = Map.groupBy(lines, ([name]) => name);
  return Object.fromEntries(
    [...byFunction].map(([name, own]) => [name, own.map(([, line]) => line).toSorted()]),
  );
}

function keysOf(resource: unknown): string {
  const text = JSON.stringify(resource);
  expect(text).toContain('"Fn::GetAtt":["TemplateVideoVideos');
  return /"\/([^"]+)"/.exec(text)?.[1] ?? 'bucket';
}

test('grants each function its own kinds of objects, and nothing else in the bucket', () => {
  expect(grants()).toEqual({
    SubmitTask: [
      'GetObject uploads/*',
      'GetObject videos/*/challenge.json',
      'GetObject videos/*/job.json',
      'ListBucket bucket',
      'PutObject videos/*/job.json',
    ],
    AdoptTask: ['GetObject videos/*/job.json', 'ListBucket bucket', 'PutObject videos/*/job.json'],
    CheckTask: ['DeleteObject videos/*/callback-token.json', 'DeleteObject videos/*/callback.json'],
    CopyVideo: [
      'AbortMultipartUpload videos/*/video.mp4',
      'DeleteObject videos/*/copy.json',
      'GetObject videos/*/copy.json',
      'GetObject videos/*/job.json',
      'GetObject videos/*/video.mp4',
      'ListBucket bucket',
      'ListBucketMultipartUploads bucket',
      'PutObject videos/*/copy.json',
      'PutObject videos/*/job.json',
      'PutObject videos/*/video.mp4',
    ],
    RecordFailure: ['GetObject videos/*/job.json', 'ListBucket bucket', 'PutObject videos/*/job.json'],
    VideoFailed: ['GetObject videos/*/job.json', 'ListBucket bucket'],
    WaitForCallback: [
      'GetObject videos/*/callback.json',
      'ListBucket bucket',
      'PutObject videos/*/callback-token.json',
    ],
    ReceiveCallback: [
      'GetObject videos/*/callback-token.json',
      'GetObject videos/*/job.json',
      'ListBucket bucket',
      'PutObject videos/*/callback.json',
      'PutObject videos/*/challenge.json',
    ],
    AnnounceVideo: ['GetObject videos/*/job.json', 'ListBucket bucket', 'PutObject videos/*/job.json'],
    StartVideo: [
      'GetObject videos/*/job.json',
      'GetObject videos/*/video.mp4',
      'ListBucket bucket',
      'PutObject uploads/*',
    ],
    GetVideo: ['GetObject videos/*/job.json', 'GetObject videos/*/video.mp4', 'ListBucket bucket'],
    GetHistory: ['GetObject videos/*/job.json', 'ListBucket bucket'],
    CancelVideo: ['GetObject videos/*/job.json', 'ListBucket bucket', 'PutObject videos/*/job.json'],
    CreateUpload: ['PutObject uploads/*'],
  });
});

test('lets each function that reads under videos/ distinguish a missing object from a missing grant', () => {
  for (const [name, lines] of Object.entries(grants())) {
    const reads = lines.some((line) => /^GetObject videos\//.test(line));
    expect(lines.includes('ListBucket bucket'), name).toBe(reads);
  }
  // A condition on the prefix would take the grant away again, because a request for an object names no prefix.
  for (const { Properties } of Object.values(template.findResources('AWS::IAM::Policy')))
    for (const { Action, Condition } of Properties.PolicyDocument.Statement as readonly Statement[])
      if (JSON.stringify(Action).includes('s3:')) expect(Condition).toBeUndefined();
});
