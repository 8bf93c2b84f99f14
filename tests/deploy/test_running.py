"""The chart in split mode as it would run: its Jobs and its processes, with the arguments, the environment and the files
that it gives them, beside each other on this machine."""

import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import time
import unittest

from rendered import of_kind
from test_program import SONGSANG

POSTGRES = os.environ.get("SONGSANG_TEST_POSTGRES", "")
KAFKA = os.environ.get("SONGSANG_TEST_KAFKA", "")
REDIS = os.environ.get("SONGSANG_TEST_REDIS", "")
PLAIN = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "SONGSANG_HOME": "/nonexistent"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def said(*command, **environment):
    done = subprocess.run(command, text=True, capture_output=True, check=False, env=PLAIN | environment, timeout=60)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    return done.stdout


class Cluster:
    """Stands in for Kubernetes: names are ports, mounted volumes are folders."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.sets = [f"kafka.brokers={KAFKA}", f"kafka.topicPrefix=t{os.getpid()}-deploy.", "kafka.replication=1",
                     "store.partitions=2", "drainSeconds=1"] + ([] if REDIS else ["redis.existingSecret="])
        self.ports = {item["metadata"]["name"]: free_port() for item in self.of("Deployment")}
        self.processes = {}
        self.database = f"deploy_{os.getpid()}"
        said("psql", "-q", POSTGRES, "-c", f"CREATE DATABASE {self.database}")
        key = self.folder / "issuer"
        self.secrets = {
            "store/url": POSTGRES.rsplit("/", 1)[0] + "/" + self.database,
            "redis/url": REDIS,
            "keys/jwks.json": said(SONGSANG, "token", "--jwks", "--home", str(key)),
            "peers/token": said(SONGSANG, "token", "--tenant", "songsang", "--as", "SERVICE", "--home", str(key)),
        }
        for name, text in self.secrets.items():
            path = self.folder / "secrets" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def of(self, kind):
        return of_kind("split", kind, *self.sets)

    def local(self, text, listen=0):
        for name, port in self.ports.items():
            text = text.replace(f"{name}:7400", f"127.0.0.1:{port}")
        text = text.replace("0.0.0.0:7400", f"127.0.0.1:{listen}")
        return text.replace("/run/secrets/songsang", str(self.folder / "secrets"))

    def command(self, item):
        """(words, environment) of a pod; its configuration is laid where it looks for it."""
        name = item["metadata"]["name"]
        container = item["spec"]["template"]["spec"]["containers"][0]
        place = self.folder / name
        place.mkdir(exist_ok=True)
        if item["kind"] == "Deployment":
            toml = self.of("ConfigMap")[0]["data"]["songsang.toml"]
            (place / "songsang.toml").write_text(self.local(toml, self.ports[name]))
        words = [self.local(word).replace("/etc/songsang", str(place)) for word in container["args"]]
        return [SONGSANG, *words], {one["name"]: self.local(one["value"]) for one in container["env"]}

    def run_jobs(self):
        for item in sorted(self.of("Job"), key=lambda job: int(job["metadata"]["annotations"]["helm.sh/hook-weight"])):
            words, environment = self.command(item)
            said(*words, **environment)

    def start(self):
        for item in self.of("Deployment"):
            words, environment = self.command(item)
            with open(self.folder / f"{item['metadata']['name']}.log", "w", encoding="utf-8") as log:
                self.processes[item["metadata"]["name"]] = subprocess.Popen(words, env=PLAIN | environment, stdout=log,
                                                                            stderr=log)
        deadline = time.monotonic() + 90
        for name, port in self.ports.items():
            while not answers(port):
                if self.processes[name].poll() is not None or time.monotonic() > deadline:
                    raise AssertionError(f"{name} does not answer: {(self.folder / f'{name}.log').read_text()}")
                time.sleep(0.1)

    def ask(self, service, *words):
        return said(SONGSANG, *words, "--address", f"127.0.0.1:{self.ports[f'demo-songsang-{service}']}", "--home",
                    str(self.folder / "issuer"), "--tenant", "acme")

    def report(self):
        try:
            return self.ask("reporting", "report", "channels")
        except AssertionError as refused:  # not yet
            return str(refused)

    def stop(self):
        """The exit codes after SIGTERM, and the seconds it took."""
        began = time.monotonic()
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        codes = {process.wait(70) for process in self.processes.values()}
        return codes, time.monotonic() - began

    def clear(self):
        for process in self.processes.values():
            process.kill()
            process.wait()
        said("psql", "-q", POSTGRES, "-c", f"DROP DATABASE {self.database} WITH (FORCE)")


@unittest.skipUnless(POSTGRES, "SONGSANG_TEST_POSTGRES is not set")
class Running(unittest.TestCase):
    def test_what_is_captured_here_is_reported_there(self):
        with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
            cluster = Cluster(folder)
            stack.callback(cluster.clear)
            cluster.run_jobs()
            cluster.start()
            cluster.ask("leads", "call", "CaptureLead", '{"name":"김하늘","channel":"CHANNEL_PHONE"}')
            # leads and reporting are processes apart: what it counts came by the peers' token or by Kafka.
            deadline = time.monotonic() + 60
            while "phone" not in (told := cluster.report()):
                self.assertLess(time.monotonic(), deadline, told)
                time.sleep(0.2)
            codes, seconds = cluster.stop()
            self.assertEqual(codes, {0})
            self.assertLess(seconds, 60)
            # A process with keys and a server's store writes no file, so its root may be read-only.
            self.assertFalse(os.path.exists(PLAIN["HOME"]))


if __name__ == "__main__":
    unittest.main()
