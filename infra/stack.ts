import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { bundleFunctions } from './bundles.ts';
import { readSettings } from './settings.ts';
import { TemplateVideo } from './template-video.ts';

/** Template Video as one stack of its own. */
export class TemplateVideoStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps & { readonly bundleFolder: string }) {
    super(scope, id, props);
    const service = new TemplateVideo(this, 'TemplateVideo', {
      settings: readSettings(this.node),
      bundles: bundleFunctions(props.bundleFolder),
    });
    this.output('VideosUrl', service.api.videosUrl, 'Where to POST requests for videos');
    this.output(
      'StateMachineArn',
      service.workflow.stateMachine.stateMachineArn,
      'The workflow; its executions are the videos',
    );
    if (service.api.apiKeyId !== undefined)
      this.output(
        'ApiKeyId',
        service.api.apiKeyId,
        'The id of the first API key; `aws apigateway get-api-key --include-value` shows the key',
      );
    this.output('VideoBucket', service.bucket.bucketName, 'Where the videos are stored');
  }

  private output(name: string, value: string, description: string): void {
    new CfnOutput(this, name, { value, description });
  }
}
