"""The settings of the chart and of the compose file, told to the program itself."""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import compose_spec
import yaml
from rendered import ROOT, VARIANTS, of_kind, pods

SONGSANG = os.environ["SONGSANG"]
COMPOSE = ROOT / "deploy" / "compose.yaml"


def program(*arguments, **environment):
    home = {"HOME": "/nonexistent", "PATH": os.environ["PATH"]}
    return subprocess.run([SONGSANG, *arguments], text=True, capture_output=True, check=False, env=home | environment,
                          timeout=120)


def settings():
    """The environment variables that `songsang serve` knows."""
    return set(re.findall(r"\[(SONGSANG_\w+)\]", program("serve", "--help").stdout))


def verdict(arguments, toml=None, **environment):
    """What the program says of a configuration."""
    with tempfile.TemporaryDirectory() as folder:
        if toml is not None:
            pathlib.Path(folder, "songsang.toml").write_text(toml)
            arguments = [word.replace("/etc/songsang", folder) for word in arguments]
        done = program(*arguments, "--check-config", **environment)
        return done.stdout + done.stderr


def compose(profile):
    """The compose file with its variables filled in, and the services of a profile."""
    given = dict(line.split("=", 1) for line in (COMPOSE.parent / ".env").read_text().splitlines() if line[:1] not in "#")
    text = re.sub(r"\$\{(\w+)(:[-?][^}]*)?\}", lambda match: given[match[1]], COMPOSE.read_text())
    whole = yaml.safe_load(text)
    return text, {name: item for name, item in whole["services"].items() if profile in item["profiles"]}


class Chart(unittest.TestCase):
    def test_the_program_takes_its_configuration(self):
        for variant in VARIANTS:
            (config,) = of_kind(variant, "ConfigMap")
            for item in of_kind(variant, "Deployment"):
                arguments = item["spec"]["template"]["spec"]["containers"][0]["args"]
                self.assertEqual(verdict(arguments, config["data"]["songsang.toml"]), "the configuration is sound\n")

    def test_a_wrong_setting_is_noticed(self):
        (config,) = of_kind("single", "ConfigMap")
        toml = config["data"]["songsang.toml"]
        arguments = ["serve", "--config", "/etc/songsang/songsang.toml"]
        self.assertIn("there is no setting", verdict(arguments, toml.replace("drain-ms", "drain-seconds")))
        self.assertIn("is not a number", verdict(arguments, toml + "slow-ms = \"soon\"\n"))

    def test_pods_name_settings_that_there_are(self):
        known = settings()
        self.assertIn("SONGSANG_STORE", known)
        for variant in VARIANTS:
            for name, pod, _ in pods(variant):
                for variable in pod["containers"][0]["env"]:
                    self.assertIn(variable["name"].removesuffix("_FILE"), known, name)

    def test_jobs_run_commands_that_there_are(self):
        for item in of_kind("split", "Job"):
            arguments = item["spec"]["template"]["spec"]["containers"][0]["args"]
            # Nobody answers at port 1, but everything before that is understood.
            words = [re.sub(r"\S+:9092", "127.0.0.1:1", word) for word in arguments]
            done = program(*words, SONGSANG_STORE="postgresql://nobody@127.0.0.1:1/none")
            self.assertEqual(done.returncode, os.EX_UNAVAILABLE, done.stderr)


class Compose(unittest.TestCase):
    def valid(self, text):
        merged = yaml.safe_dump(yaml.safe_load(text))
        compose_spec.PyOptions().from_yaml(merged).validate()

    def test_it_is_a_compose_file(self):
        text, _ = compose("single")
        self.valid(text)
        with self.assertRaises(ValueError):
            self.valid(text.replace("read_only:", "read_onli:"))

    def test_each_profile_has_what_it_needs(self):
        _, single = compose("single")
        self.assertEqual(set(single), {"postgres", "migrate", "songsang"})
        _, streams = compose("streams")
        self.assertEqual(set(streams) - {"postgres", "migrate", "kafka", "redis", "topics"},
                         {"accounts", "billing", "leads", "reporting", "training", "workforce"})
        for profile in (single, streams):
            for item in profile.values():
                self.assertLessEqual(set(item.get("depends_on", {})), set(profile))

    def test_the_program_takes_its_settings(self):
        for profile in ("single", "streams"):
            for name, item in compose(profile)[1].items():
                if item["image"] != "songsang" or item["command" if "command" in item else "image"] == ["migrate"]:
                    continue
                command = item.get("command", ["serve"])
                self.assertLessEqual(set(item["environment"]), settings(), name)
                if command[0] == "serve":
                    self.assertEqual(verdict(command, **item["environment"]), "the configuration is sound\n", name)

    def test_kafka_is_the_one_that_is_tested(self):
        tested = re.search(r"kafka_2\.13</artifactId>\s*<version>([\d.]+)<", (ROOT / "scripts/kafka/pom.xml").read_text())[1]
        self.assertEqual(compose("streams")[1]["kafka"]["image"], f"apache/kafka:{tested}")

    def test_every_peer_is_there(self):
        _, streams = compose("streams")
        peers = dict(pair.split("=") for pair in streams["leads"]["environment"]["SONGSANG_PEER"].split(","))
        self.assertEqual(peers, {name: f"{name}:7400" for name in peers})
        self.assertEqual(set(peers), {name for name, item in streams.items() if item.get("command", [""])[0] == "serve"})


class Image(unittest.TestCase):
    def test_it_holds_every_library(self):
        """What the program links, by package, is what the Containerfile installs, or what that depends on."""
        text = (ROOT / "deploy" / "Containerfile").read_text()
        installed = set(re.search(r"--no-install-recommends \\\n(.*?)\n\s+&&", text, re.S)[1].replace("\\", " ").split())
        lines = subprocess.run(["ldd", SONGSANG], text=True, capture_output=True, check=True).stdout
        files = [str(pathlib.Path(path).resolve()) for path in re.findall(r"=> (/\S+)", lines)]
        found = subprocess.run(["dpkg", "-S", *files], text=True, capture_output=True, check=False).stdout
        needed = set(re.findall(r"^([^:\s]+):", found, re.M)) - {"libc6"}
        self.assertGreater(len(needed), 10)
        reached, open_ends = set(), list(installed)
        while open_ends:
            name = open_ends.pop()
            if name in reached:
                continue
            reached.add(name)
            depends = subprocess.run(["dpkg-query", "-W", "-f", "${Depends}", name], text=True, capture_output=True,
                                     check=False).stdout
            open_ends += re.findall(r"(?:^|, )([^\s,(:|]+)", depends)
        self.assertEqual(needed - reached, set())


if __name__ == "__main__":
    unittest.main()
