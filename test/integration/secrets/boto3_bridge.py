"""Calls Secrets Manager by boto3 for a test in another language: one JSON object per line in, one per line out.

Usage: boto3_bridge.py URL REGION ACCESS_KEY_ID SECRET_ACCESS_KEY
"""

import base64
import datetime
import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError


def plain(value):
    """What JSON can hold: bytes as base64, times as seconds."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime.datetime):
        return value.timestamp()
    if isinstance(value, dict):
        return {key: plain(member) for key, member in value.items() if member is not None}
    if isinstance(value, list):
        return [plain(member) for member in value]
    return value


def call(client, operation, parameters):
    if "SecretBinary" in parameters:
        parameters["SecretBinary"] = base64.b64decode(parameters["SecretBinary"])
    try:
        answer = client._make_api_call(operation, parameters)
    except ClientError as error:
        told = error.response["Error"]
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        return {"refusal": {"code": told["Code"], "message": told.get("Message", ""), "status": status}}
    answer.pop("ResponseMetadata")
    return {"answer": plain(answer)}


def main():
    url, region, key, secret = sys.argv[1:5]
    client = boto3.client(
        "secretsmanager",
        endpoint_url=url,
        region_name=region,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        # The endpoint is asked, not botocore's own checks of the input.
        config=Config(parameter_validation=False, retries={"total_max_attempts": 1}),
    )
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(call(client, request["operation"], request["input"])), flush=True)


main()
