import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  Table,
  TableEncryption,
  type TableProps,
} from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { LIST_INDEXES, POSITION, SHOWN, TASK_INDEX } from '../lambdas/core/table/layout.ts';

export type VideoTableProps = Pick<
  TableProps,
  'tableName' | 'encryption' | 'encryptionKey' | 'removalPolicy'
>;

/**
 * The table of the videos: the list, the usage, and what must happen once. It is an index that `npm run reindex` makes again from the
 * bucket. On demand, encrypted, with point-in-time recovery, and kept when the stack is deleted.
 *
 * All indexes are there from the start, because CloudFormation adds at most one in one update. An index without items costs nothing.
 */
export class VideoTable extends Table {
  constructor(scope: Construct, id: string, props: VideoTableProps = {}) {
    super(scope, id, {
      partitionKey: text('pk'),
      sortKey: text('sk'),
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: props.encryptionKey ? TableEncryption.CUSTOMER_MANAGED : TableEncryption.AWS_MANAGED,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: RemovalPolicy.RETAIN,
      ...props,
    });
    for (const [indexName, { partition }] of Object.entries(LIST_INDEXES))
      this.addGlobalSecondaryIndex({
        indexName,
        partitionKey: text(partition),
        sortKey: text(POSITION),
        projectionType: ProjectionType.INCLUDE,
        nonKeyAttributes: [SHOWN],
      });
    this.addGlobalSecondaryIndex({
      indexName: TASK_INDEX.name,
      partitionKey: text(TASK_INDEX.partition),
      projectionType: ProjectionType.INCLUDE,
      nonKeyAttributes: ['owner', 'adopted'],
    });
  }
}

function text(name: string) {
  return { name, type: AttributeType.STRING };
}
