import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { TokenAuthorizer } from 'aws-cdk-lib/aws-apigateway';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { TemplateVideo, VideoTable } from 'template-video';

/**
 * A shop with its own bucket, table, key, alarm topic and login function. The login names each editor by an own `principalId`, so that
 * each sees and cancels only the videos of that editor.
 */
export class ShopStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const login = LambdaFunction.fromFunctionName(this, 'Login', 'shop-login');
    new TemplateVideo(this, 'Videos', {
      bucket: Bucket.fromBucketName(this, 'Media', 'shop-media'),
      table: new VideoTable(this, 'VideoList', { tableName: 'shop-videos' }),
      apiKeySecret: Secret.fromSecretNameV2(this, 'MiniMaxKey', 'shop/minimax'),
      alarmTopic: Topic.fromTopicArn(this, 'OnCall', this.formatArn({ service: 'sns', resource: 'on-call' })),
      authorizer: new TokenAuthorizer(this, 'Editors', { handler: login }),
      pollInterval: Duration.seconds(15),
    });
  }
}
