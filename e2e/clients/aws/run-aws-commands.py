"""Runs commands of the AWS CLI in one process, because each start takes a second.

Reads a JSON list of argument lists from standard input. Prints a JSON list of their exit code, output and errors.
"""

import contextlib
import io
import json
import sys

from awscli.clidriver import create_clidriver

answers = []
driver = create_clidriver()
for arguments in json.load(sys.stdin):
    output, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
        try:
            code = driver.main(arguments)
        except SystemExit as end:
            code = end.code
    answers.append({"code": code, "output": output.getvalue(), "errors": errors.getvalue()})
json.dump(answers, sys.stdout)
