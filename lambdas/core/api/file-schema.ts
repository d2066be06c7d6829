import * as z from 'zod/mini';

const timeSchema = z.iso.datetime();

/** The fields of a video about its file. */
export const fileSchema = {
  video: z.optional(
    z
      .nullable(
        z.object({
          url: z
            .string()
            .check(
              z.describe(
                'A link to the MP4 that works until url_expires_at, for an hour at most. Each GET signs a new link.',
              ),
            ),
          url_expires_at: timeSchema,
          s3_uri: z.string(),
          bytes: z.number(),
          sha256: z.string().check(z.describe('Lower-case hexadecimal.')),
          content_type: z.string(),
        }),
      )
      .check(
        z.describe(
          'The stored file of a video that has succeeded. null where the file was deleted since: nothing makes it again.',
        ),
      ),
  ),
  deleted_at: z.optional(
    timeSchema.check(
      z.describe(
        'Beside a video of null: when the file was deleted, at the latest. The end of its retention where that is past, otherwise the time of this answer.',
      ),
    ),
  ),
};
