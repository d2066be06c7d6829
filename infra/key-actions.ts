/** Of a table's key, as the CDK grants it to functions that read and to those that write. */
const TABLE_READ = ['kms:Decrypt', 'kms:DescribeKey'];
const TABLE_WRITE = [
  'kms:Encrypt',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
];

/**
 * What a role with these actions needs of the KMS key of their resource. S3, Secrets Manager and DynamoDB use the key with the rights
 * of their caller.
 */
export function keyActionsOf(actions: readonly string[]): readonly string[] {
  if (actions.some((action) => action.startsWith('dynamodb:'))) {
    const isWrite = actions.some((action) => /^dynamodb:(Put|Update|Delete)Item$/.test(action));
    return isWrite ? [...TABLE_READ, ...TABLE_WRITE] : TABLE_READ;
  }
  return actions.includes('s3:PutObject') ? ['kms:Decrypt', 'kms:GenerateDataKey'] : ['kms:Decrypt'];
}
