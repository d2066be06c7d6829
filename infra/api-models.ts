import * as z from 'zod/mini';
import { uploadRequest, videoRequest } from '../lambdas/core/api/request.ts';

/** The bodies of the API's calls as API Gateway takes them: JSON Schema, draft 4. */
export const REQUEST_MODELS = {
  'start-video': { modelName: 'VideoRequest', schema: toModel(videoRequest) },
  'create-upload': { modelName: 'UploadRequest', schema: toModel(uploadRequest) },
} as const;

function toModel(schema: z.ZodMiniType): object {
  const { $schema: _version, ...model } = z.toJSONSchema(schema, { target: 'draft-04', io: 'input' });
  return model;
}
