import { join } from 'node:path';
import { App, type AppProps, CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { ListRules } from '../lambdas/core/table/entry.ts';
import { BUNDLES_CONTEXT } from './bundles.ts';
import { readSettings, readStackName, type Settings } from './settings.ts';
import { TemplateVideo } from './template-video.ts';

/**
 * The whole app, ready to be synthesized.
 * @param bundle makes the bundles of the functions in a folder, where the context names none. @default those of the package
 * @throws InvalidSetting
 */
export function createApp(props: AppProps = {}, bundle?: (folder: string) => void): App {
  const app = new App(props);
  if (bundle !== undefined && app.node.tryGetContext(BUNDLES_CONTEXT) === undefined) {
    const folder = join(app.outdir, 'bundles');
    bundle(folder);
    app.node.setContext(BUNDLES_CONTEXT, folder);
  }
  new TemplateVideoStack(app, 'TemplateVideo', {
    stackName: readStackName(app.node),
    description: 'Videos from MiniMax templates, submitted, awaited and stored by Step Functions',
  });
  return app;
}

/** Template Video as one stack of its own, with the settings of the context. */
export class TemplateVideoStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);
    // A function depends on its role and on the role's policy, and refers to the role. cfn-lint calls the first superfluous.
    this.templateOptions.metadata = { 'cfn-lint': { config: { ignore_checks: ['W3005'] } } };
    const settings = readSettings(this.node);
    const { retentionDays } = settings;
    const { api, workflow, bucket, table, monitoring } = new TemplateVideo(this, 'TemplateVideo', {
      ...settings,
      retention: retentionDays === undefined ? undefined : Duration.days(retentionDays),
    });
    const outputs = [
      ['VideosUrl', api?.videosUrl, 'Where to POST requests for videos'],
      [
        'StateMachineArn',
        workflow.stateMachine.stateMachineArn,
        'The workflow; its executions are the videos',
      ],
      [
        'ApiKeyId',
        api?.apiKeyId,
        'The id of the first API key; `aws apigateway get-api-key --include-value` shows the key',
      ],
      ['VideoBucket', bucket.bucketName, 'Where the videos are stored'],
      ['VideoTable', table.tableName, 'Where the videos are listed; `npm run reindex` makes it again'],
      ['ListRules', toListRulesText(settings), 'Which lists a video is in, for `npm run reindex`'],
      ['AlarmTopicArn', monitoring?.topic.topicArn, 'Where alarms go: subscribe the people who act on them'],
    ] as const;
    for (const [name, value, description] of outputs)
      if (value !== undefined) new CfnOutput(this, name, { value, description });
  }
}

/** The rules that the functions have in their environment. */
function toListRulesText({ visibility, listedMetadata }: Settings): string {
  return JSON.stringify({ visibility, listedMetadata } satisfies ListRules);
}
