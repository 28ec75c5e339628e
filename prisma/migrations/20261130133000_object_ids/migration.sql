-- Names the objects of an upload, because the upload's own id may be used again once it has become a blob.
ALTER TABLE "staged_objects" ADD COLUMN "object_id" UUID NOT NULL DEFAULT gen_random_uuid();
