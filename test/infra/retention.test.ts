import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { expect, test } from 'vitest';
import { TemplateVideo, type TemplateVideoProps } from '../../infra/index.ts';
import { appWith, templateOf, testApp } from '../harness/synthesized.ts';

function templateWith(props: TemplateVideoProps, own = false): Template {
  const stack = new Stack(new App(testApp()), 'Own');
  const bucket = own ? new Bucket(stack, 'Mine') : undefined;
  new TemplateVideo(stack, 'Video', { ...props, bucket });
  return Template.fromStack(stack);
}

const RULE = {
  ExpirationInDays: 30,
  Prefix: 'videos/',
  TagFilters: [{ Key: 'template-video', Value: 'expires' }],
};

test.each([
  ['the context', () => templateOf(appWith({ context: { retentionDays: 30 } }))],
  ['a property', () => templateWith({ retention: Duration.days(30) })],
])('deletes tagged videos after the days of %s, and lets their copy be tagged', (_where, synthesize) => {
  const template = synthesize();
  template.hasResourceProperties('AWS::S3::Bucket', {
    LifecycleConfiguration: { Rules: Match.arrayWith([Match.objectLike(RULE)]) },
  });
  expect(taggers(template)).toEqual(['CopyVideo']);
});

test('has nothing of it without the setting', () => {
  const template = templateOf(appWith());
  expect(taggers(template)).toEqual([]);
  expect(JSON.stringify(template.toJSON())).not.toMatch(/TagFilters|RETENTION_DAYS/);
});

test("leaves the rule of somebody's own bucket to its owner, and tags its videos", () => {
  const template = templateWith({ retention: Duration.days(30) }, true);
  expect(JSON.stringify(template.findResources('AWS::S3::Bucket'))).not.toContain('TagFilters');
  expect(taggers(template)).toEqual(['CopyVideo']);
});

test.each([
  [Duration.hours(36), 1.5],
  [Duration.days(0), 0],
])('rejects a retention of %s', (retention, value) => {
  expect(() => templateWith({ retention })).toThrow(
    `Property retention is Duration.days(${value}); allowed is Duration.days(1) to Duration.days(36500), without a fraction.`,
  );
});

test('rejects the name of the setting as a property, and gives its form', () => {
  expect(() => templateWith({ retentionDays: 30 } as TemplateVideoProps)).toThrow(
    'Property retentionDays is called retention, and is a Duration: retention: Duration.days(30).',
  );
});

/** The functions that may tag objects, and only the files of videos. */
function taggers(template: Template): readonly string[] {
  return Object.entries(template.findResources('AWS::IAM::Policy')).flatMap(([id, { Properties }]) => {
    const statements = Properties.PolicyDocument.Statement as readonly {
      readonly Action: unknown;
      readonly Resource: unknown;
    }[];
    const own = statements.filter(({ Action }) => JSON.stringify(Action).includes('PutObjectTagging'));
    for (const { Resource } of own) expect(JSON.stringify(Resource)).toContain('/videos/*/video.mp4');
    return own.map(() => /(CopyVideo|\w+)Role/.exec(id)?.[1]?.replace(/^.*(?=CopyVideo)/, '') ?? id);
  });
}

test("has the rule of its bucket in the documentation, for a bucket of one's own", () => {
  const operations = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'operations.md'), 'utf8');
  const [documented = ''] = /\{\n {2}"ID": "template-video"[\s\S]*?\n\}/.exec(operations) ?? [];
  const { Filter, Expiration, Status } = JSON.parse(documented);
  expect(Status).toBe('Enabled');
  expect({
    ExpirationInDays: Expiration.Days,
    Prefix: Filter.And.Prefix,
    TagFilters: Filter.And.Tags,
  }).toEqual(RULE);
});
