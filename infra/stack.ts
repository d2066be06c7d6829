import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { readSettings } from './settings.ts';
import { TemplateVideo } from './template-video.ts';

/** Template Video as one stack of its own, with the settings of the context. */
export class TemplateVideoStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);
    // The CDK has a function depend on its role and on the role's policy; that it refers to the role as well is no fault.
    this.templateOptions.metadata = { 'cfn-lint': { config: { ignore_checks: ['W3005'] } } };
    const { api, workflow, bucket, monitoring } = new TemplateVideo(
      this,
      'TemplateVideo',
      readSettings(this.node),
    );
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
      ['AlarmTopicArn', monitoring?.topic.topicArn, 'Where alarms go: subscribe whoever is to act on them'],
    ] as const;
    for (const [name, value, description] of outputs)
      if (value !== undefined) new CfnOutput(this, name, { value, description });
  }
}
