"""Frames to open pages, from processes that have none (V12)."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import redis

from tests.servers import ROOT

PUBLISHES_AND_ENDS = "from agents.streams import DESK, publish; publish(DESK, {'kind': 'many'})"


@pytest.mark.django_db  # so that the run with servers does not leave it out
@pytest.mark.skipif("not os.environ.get('REDIS_URL')", reason="needs Redis")
def test_last_frame_of_a_command_that_ends_is_sent() -> None:
    with redis.Redis.from_url(os.environ["REDIS_URL"]).pubsub() as heard:
        heard.psubscribe("*desk*")
        assert heard.get_message(timeout=10)

        subprocess.run([sys.executable, "manage.py", "shell", "--no-imports", "-c", PUBLISHES_AND_ENDS], cwd=ROOT, check=True)

        message = heard.get_message(timeout=10)
        assert message is not None
        assert b"many" in message["data"]
