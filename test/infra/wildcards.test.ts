import { expect, test } from 'vitest';
import { appWith, templateOf } from '../harness/synthesized.ts';

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource?: unknown;
}

/** Every action that a role has on an ARN with a wildcard. */
function wildcards(): readonly string[] {
  const template = templateOf(appWith({ context: { auth: 'key' } }));
  const policies = ['AWS::IAM::Policy', 'AWS::SNS::TopicPolicy'].flatMap((type) =>
    Object.values(template.findResources(type)),
  );
  const statements = policies.flatMap(
    ({ Properties }) => Properties.PolicyDocument.Statement as readonly Statement[],
  );
  const allowed = statements.filter(({ Effect }) => Effect === 'Allow');
  const lines = allowed.flatMap(({ Action, Resource }) =>
    [Action].flat().flatMap((action) =>
      [Resource]
        .flat()
        .map((resource) => `${action} ${readable(resource)}`)
        .filter((line) => /[*?]/.test(line)),
    ),
  );
  return [...new Set(lines)].toSorted();
}

/** Parts that only AWS knows are left out, and logical ids come without the CDK's hash. */
function readable(resource: unknown): string {
  const text = JSON.stringify(resource);
  return text
    .replaceAll(/TemplateVideo(\w+?)[0-9A-F]{8}\b/g, '$1')
    .replaceAll(/\{"Ref":"AWS::\w+"\}/g, '')
    .replaceAll(/\{"(?:Fn::GetAtt|Ref)":\[?"(\w+)"(?:,"\w+"\])?\}/g, '<$1>')
    .replaceAll(/\{"Fn::Join":\["",\[|\]\]\}|[",]/g, '');
}

test('has only the wildcards that AWS, or one object for each video, requires', () => {
  expect(wildcards()).toMatchInlineSnapshot(`
    [
      "logs:CreateLogDelivery *",
      "logs:DeleteLogDelivery *",
      "logs:DescribeLogGroups *",
      "logs:DescribeResourcePolicies *",
      "logs:GetLogDelivery *",
      "logs:ListLogDeliveries *",
      "logs:PutResourcePolicy *",
      "logs:UpdateLogDelivery *",
      "s3:AbortMultipartUpload <Videos>/videos/*/video.mp4",
      "s3:DeleteObject <Videos>/videos/*/copy.json",
      "s3:GetObject <Videos>/uploads/*",
      "s3:GetObject <Videos>/videos/*/copy.json",
      "s3:GetObject <Videos>/videos/*/job.json",
      "s3:GetObject <Videos>/videos/*/video.mp4",
      "s3:PutObject <Videos>/uploads/*",
      "s3:PutObject <Videos>/videos/*/copy.json",
      "s3:PutObject <Videos>/videos/*/job.json",
      "s3:PutObject <Videos>/videos/*/video.mp4",
      "secretsmanager:GetSecretValue arn::secretsmanager:::secret:minimax/api-key-??????",
      "states:DescribeExecution arn::states:::execution:<WorkflowStateMachine>:*",
      "states:DescribeExecution arn::states:::execution:TemplateVideoWorkflowStateMachine4939315*",
      "states:GetExecutionHistory arn::states:::execution:<WorkflowStateMachine>:*",
      "states:StopExecution arn::states:::execution:<WorkflowStateMachine>:*",
      "xray:GetSamplingRules *",
      "xray:GetSamplingTargets *",
      "xray:PutTelemetryRecords *",
      "xray:PutTraceSegments *",
    ]
  `);
});
