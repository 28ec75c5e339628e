"""Creates a repository, pushes an image by layers, pages through it, retags and deletes it."""

import hashlib
import json

import boto3
from botocore.exceptions import ClientError

ecr = boto3.client("ecr")
NAME = "boto3/app"
INDEX = "application/vnd.oci.image.manifest.v1+json"


def digest(content):
    return "sha256:" + hashlib.sha256(content).hexdigest()


def push_layer(content):
    upload_id = ecr.initiate_layer_upload(repositoryName=NAME)["uploadId"]
    part = {"partFirstByte": 0, "partLastByte": len(content) - 1, "layerPartBlob": content}
    ecr.upload_layer_part(repositoryName=NAME, uploadId=upload_id, **part)
    ecr.complete_layer_upload(repositoryName=NAME, uploadId=upload_id, layerDigests=[digest(content)])


def put_image(number):
    config = json.dumps({"architecture": "amd64", "os": "linux", "author": str(number)}).encode()
    push_layer(config)
    layer = {"mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": digest(LAYER), "size": len(LAYER)}
    manifest = {
        "schemaVersion": 2,
        "mediaType": INDEX,
        "config": {
            "mediaType": "application/vnd.oci.image.config.v1+json",
            "digest": digest(config),
            "size": len(config),
        },
        "layers": [layer],
    }
    ecr.put_image(repositoryName=NAME, imageManifest=json.dumps(manifest), imageTag=f"v{number}")


repository = ecr.create_repository(repositoryName=NAME)["repository"]
assert repository["repositoryUri"].endswith("/" + NAME), repository
LAYER = b"\x00\x01binary\xff" * 100
push_layer(LAYER)
for number in range(5):
    put_image(number)

pages = list(ecr.get_paginator("describe_images").paginate(repositoryName=NAME, PaginationConfig={"PageSize": 2}))
tags = sorted(tag for page in pages for image in page["imageDetails"] for tag in image["imageTags"])
assert (len(pages), tags) == (3, ["v0", "v1", "v2", "v3", "v4"]), (len(pages), tags)

image = ecr.batch_get_image(repositoryName=NAME, imageIds=[{"imageTag": "v1"}])["images"][0]
ecr.put_image(repositoryName=NAME, imageManifest=image["imageManifest"], imageTag="stable")
try:
    ecr.put_image(repositoryName=NAME, imageManifest=image["imageManifest"], imageTag="stable")
    raise AssertionError("the same image and tag were accepted twice")
except ecr.exceptions.ImageAlreadyExistsException:
    pass

try:
    ecr.delete_repository(repositoryName=NAME)
    raise AssertionError("a repository with images was deleted without force")
except ClientError as error:
    assert error.response["Error"]["Code"] == "RepositoryNotEmptyException", error
ecr.delete_repository(repositoryName=NAME, force=True)
print("done")
