"""k8s/songsang: what it renders to is what Kubernetes takes, and what docs/operations.md promises."""

import copy
import json
import re
import unittest

import yaml
from rendered import (CHART, NEWEST, OLDEST, ROOT, VARIANTS, helm, objects, of_kind, pods, refusal, restricted_faults,
                      schema_fault)

SERVICES = ["accounts", "billing", "leads", "reporting", "training", "workforce"]


def container(item):
    return item["spec"]["template"]["spec"]["containers"][0]


class Schemas(unittest.TestCase):
    def test_helm_lint_is_content(self):
        for variant in VARIANTS:
            status, text = helm("lint", "--strict", str(CHART), "-f", str(CHART / "ci" / f"{variant}.yaml"))
            self.assertEqual(status, 0, text)

    def test_kubernetes_takes_every_object(self):
        for variant in VARIANTS:
            for item in objects(variant):
                if item["kind"] == "GRPCRoute":
                    continue  # not Kubernetes' own; see Route
                for version in (OLDEST, NEWEST):
                    with self.subTest(variant=variant, kind=item["kind"], name=item["metadata"]["name"], version=version):
                        self.assertEqual(schema_fault(item, version), "")

    def test_a_wrong_field_is_refused(self):
        deployment = of_kind("split", "Deployment")[0]
        for plant in (lambda item: container(item).update(imge="x"),
                      lambda item: container(item)["livenessProbe"].update(tcpSockets={}),
                      lambda item: item["spec"].update(replicas="two"),
                      lambda item: item["spec"].pop("selector"),
                      lambda item: item["spec"]["template"]["spec"].update(terminationGracePeriod=70)):
            wrong = copy.deepcopy(deployment)
            plant(wrong)
            self.assertNotEqual(schema_fault(wrong, OLDEST), "")


class Security(unittest.TestCase):
    def test_every_pod_is_restricted(self):
        for variant in VARIANTS:
            for name, pod, _ in pods(variant):
                with self.subTest(variant=variant, name=name):
                    self.assertEqual(restricted_faults(pod), [])

    def test_the_check_bites(self):
        pod = next(iter(pods("split")))[1]
        for fault, plant in {
                "runAsNonRoot": lambda p, c: p["securityContext"].pop("runAsNonRoot"),
                "runAsUser": lambda p, c: p["securityContext"].update(runAsUser=0),
                "seccompProfile": lambda p, c: p["securityContext"].update(seccompProfile={"type": "Unconfined"}),
                "hostNetwork": lambda p, c: p.update(hostNetwork=True),
                "automountServiceAccountToken": lambda p, c: p.pop("automountServiceAccountToken"),
                "volume host": lambda p, c: p["volumes"].append({"name": "host", "hostPath": {"path": "/"}}),
                "allowPrivilegeEscalation": lambda p, c: c["securityContext"].pop("allowPrivilegeEscalation"),
                "readOnlyRootFilesystem": lambda p, c: c["securityContext"].pop("readOnlyRootFilesystem"),
                "capabilities.drop": lambda p, c: c["securityContext"].pop("capabilities"),
                "privileged": lambda p, c: c["securityContext"].update(privileged=True),
                "hostPort": lambda p, c: c["ports"][0].update(hostPort=7400),
                "cpu limit": lambda p, c: c["resources"].setdefault("limits", {}).update(cpu="1"),
        }.items():
            wrong = copy.deepcopy(pod)
            plant(wrong, wrong["containers"][0])
            self.assertEqual(restricted_faults(wrong), [fault])

    def test_no_secret_is_in_the_chart(self):
        for variant in VARIANTS:
            self.assertEqual(of_kind(variant, "Secret"), [])
            for item in objects(variant):
                self.assertNotRegex(json.dumps(item), r"(postgres(ql)?|redis)://")

    def test_the_account_has_no_token_and_no_rights(self):
        for variant in VARIANTS:
            (account,) = of_kind(variant, "ServiceAccount")
            self.assertIs(account["automountServiceAccountToken"], False)
            self.assertEqual(of_kind(variant, "RoleBinding") + of_kind(variant, "ClusterRoleBinding"), [])


class Manners(unittest.TestCase):
    def deployments(self):
        for variant in VARIANTS:
            for item in of_kind(variant, "Deployment"):
                yield variant, item

    def test_liveness_opens_a_connection_and_nothing_else(self):
        for _, item in self.deployments():
            for kind in ("livenessProbe", "startupProbe"):
                probe = container(item)[kind]
                self.assertEqual(probe["tcpSocket"], {"port": "grpc"})
                self.assertEqual(set(probe) & {"exec", "httpGet", "grpc"}, set())

    def test_readiness_asks_the_health_service(self):
        for variant, item in self.deployments():
            probe = container(item)["readinessProbe"]
            if variant == "tls":  # Kubernetes cannot ask it over TLS
                self.assertEqual(probe["tcpSocket"], {"port": "grpc"})
            else:
                self.assertEqual(probe["grpc"], {"port": 7400})

    def test_a_start_waits_for_postgres_without_a_crash_loop(self):
        for _, item in self.deployments():
            probe = container(item)["startupProbe"]
            self.assertGreaterEqual(probe["periodSeconds"] * probe["failureThreshold"], 3600)

    def test_there_is_time_to_drain(self):
        for variant, item in self.deployments():
            drain = int(re.search(r"drain-ms = (\d+)", of_kind(variant, "ConfigMap")[0]["data"]["songsang.toml"])[1])
            self.assertGreater(drain, 0)
            # The program gives up by itself 60 s after SIGTERM.
            self.assertGreaterEqual(item["spec"]["template"]["spec"]["terminationGracePeriodSeconds"], 60 + 10)
            self.assertLess(drain, 60_000)

    def test_two_of_each_and_never_one_less(self):
        for _, item in self.deployments():
            if "replicas" in item["spec"]:
                self.assertGreaterEqual(item["spec"]["replicas"], 2)
            self.assertEqual(item["spec"]["strategy"]["rollingUpdate"], {"maxUnavailable": 0, "maxSurge": 1})

    def test_selectors_meet_their_pods_and_no_others(self):
        for variant in VARIANTS:
            labels = {item["metadata"]["name"]: item["spec"]["template"]["metadata"]["labels"]
                      for item in of_kind(variant, "Deployment") + of_kind(variant, "Job")}
            chosen = lambda selector: [name for name, own in labels.items() if selector.items() <= own.items()]
            for item in of_kind(variant, "Deployment"):
                self.assertEqual(chosen(item["spec"]["selector"]["matchLabels"]), [item["metadata"]["name"]])
                for constraint in item["spec"]["template"]["spec"]["topologySpreadConstraints"]:
                    self.assertEqual(chosen(constraint["labelSelector"]["matchLabels"]), [item["metadata"]["name"]])
            for item in of_kind(variant, "Service"):
                self.assertEqual(chosen(item["spec"]["selector"]), [item["metadata"]["name"]])
            for item in of_kind(variant, "PodDisruptionBudget"):
                self.assertEqual(chosen(item["spec"]["selector"]["matchLabels"]), [item["metadata"]["name"]])
            (policy,) = of_kind(variant, "NetworkPolicy")
            self.assertEqual(chosen(policy["spec"]["podSelector"]["matchLabels"]), list(labels))
            self.assertEqual(len(of_kind(variant, "PodDisruptionBudget")), len(of_kind(variant, "Deployment")))

    def test_what_is_called_may_be_called(self):
        for variant in VARIANTS:
            toml = of_kind(variant, "ConfigMap")[0]["data"]["songsang.toml"]
            called = {int(port) for line in toml.splitlines() if line.startswith(("kafka", "outside", "peer ="))
                      for port in re.findall(r":(\d+)\b", line)}
            (policy,) = of_kind(variant, "NetworkPolicy")
            allowed = {port["port"] for rule in policy["spec"]["egress"] for port in rule["ports"]}
            self.assertEqual(called - allowed, set())
            self.assertLessEqual({53, 5432}, allowed)

    def test_what_is_mounted_is_there(self):
        for variant in VARIANTS:
            for name, pod, _ in pods(variant):
                volumes = {volume["name"] for volume in pod["volumes"]}
                mounted = {mount["name"] for mount in pod["containers"][0]["volumeMounts"]}
                self.assertEqual(volumes, mounted, name)

    def test_a_change_of_configuration_rolls_the_pods(self):
        annotation = lambda *sets: of_kind("single", "Deployment", *sets)[0]["spec"]["template"]["metadata"]["annotations"]
        self.assertNotEqual(annotation()["checksum/config"], annotation("config.slow-ms=1")["checksum/config"])

    def test_autoscaling_is_off_and_of_reporting_alone(self):
        self.assertEqual(of_kind("single", "HorizontalPodAutoscaler"), [])
        self.assertEqual(of_kind("tls", "HorizontalPodAutoscaler"), [])
        (scaler,) = of_kind("split", "HorizontalPodAutoscaler")
        self.assertEqual(scaler["spec"]["scaleTargetRef"]["name"], "demo-songsang-reporting")
        scaled = [item["metadata"]["name"] for item in of_kind("split", "Deployment") if "replicas" not in item["spec"]]
        self.assertEqual(scaled, ["demo-songsang-reporting"])

    def test_jobs_come_first_and_topics_only_with_kafka(self):
        jobs = lambda *variant: {item["metadata"]["name"]: item for item in of_kind(*variant, "Job")}
        self.assertEqual(set(jobs("single")), {"demo-songsang-migrate"})
        self.assertEqual(set(jobs("split")), {"demo-songsang-migrate", "demo-songsang-topics"})
        for variant in VARIANTS:
            for item in jobs(variant).values():
                self.assertEqual(item["metadata"]["annotations"]["helm.sh/hook"], "pre-install,pre-upgrade")
                # Nothing that the release installs is there when they run.
                self.assertNotIn("serviceAccountName", item["spec"]["template"]["spec"])
                self.assertNotIn("configMap", json.dumps(item["spec"]["template"]["spec"]["volumes"]))
        weight = lambda name: int(jobs("split")[name]["metadata"]["annotations"]["helm.sh/hook-weight"])
        self.assertLess(weight("demo-songsang-migrate"), weight("demo-songsang-topics"))
        self.assertEqual(of_kind("single", "Job", "migrate=false"), [])


class Route(unittest.TestCase):
    """The schema of GRPCRoute is in no package; this is what gateway.networking.k8s.io/v1 says of what we use."""

    def test_every_service_has_its_way(self):
        (route,) = of_kind("split", "GRPCRoute")
        self.assertEqual(route["apiVersion"], "gateway.networking.k8s.io/v1")
        self.assertEqual(set(route["spec"]), {"parentRefs", "hostnames", "rules"})
        rules = route["spec"]["rules"]
        self.assertLessEqual(len(rules), 16)
        services = {item["metadata"]["name"]: item["spec"]["ports"][0]["port"] for item in of_kind("split", "Service")}
        for rule in rules:
            self.assertLessEqual(set(rule), {"matches", "backendRefs"})
            (backend,) = rule["backendRefs"]
            self.assertEqual(backend["port"], services[backend["name"]])
            for match in rule.get("matches", []):
                self.assertIn(set(match), ({"method"}, {"headers"}))
            self.assertLessEqual(len(rule.get("matches", [])), 64)
        self.assertNotIn("matches", rules[-1])

    def test_the_services_are_those_of_the_protos(self):
        declared = {service: [] for service in SERVICES}
        for path in (ROOT / "proto" / "songsang").glob("*/v1/*.proto"):
            text = path.read_text()
            package = re.search(r"^package (songsang\.(\w+)\.v1);", text, re.M)
            if package and package[2] in declared:
                declared[package[2]] += [f"{package[1]}.{name}" for name in re.findall(r"^service (\w+)", text, re.M)]
        listed = yaml.safe_load((CHART / "files" / "grpc-services.yaml").read_text())
        self.assertEqual({key: sorted(names) for key, names in declared.items()}, listed,
                         "k8s/songsang/files/grpc-services.yaml: a line for each service of proto/")


class Values(unittest.TestCase):
    def test_the_chart_is_of_this_version(self):
        version = re.search(r"^project\(songsang VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text(), re.M)[1]
        self.assertEqual(yaml.safe_load((CHART / "Chart.yaml").read_text())["appVersion"], version)

    def test_the_notes_can_be_read(self):
        for variant in VARIANTS:
            status, text = helm("install", "demo", str(CHART), "--dry-run=client", "-f", str(CHART / "ci" / f"{variant}.yaml"))
            self.assertEqual(status, 0, text)
            self.assertRegex(text.split("NOTES:")[1], "songsang doctor")

    def test_what_is_wrong_is_refused_by_name(self):
        for variant, setting, named in (
                ("single", 'store.existingSecret=""', "/store/existingSecret"),
                ("single", 'keys.existingSecret=""', "/keys/existingSecret"),
                ("split", 'peers.existingSecret=""', "/peers/existingSecret"),
                ("split", "route.parentRefs=[]", "/route/parentRefs"),
                ("single", "replica=3", "replica"),
                ("single", 'mode="both"', "/mode"),
                ("single", "drainSeconds=90", "/drainSeconds"),
                ("single", 'resources.limits.cpu="1"', "/resources/limits/cpu"),
                ("single", 'config.listen="0.0.0.0:1"', "'listen'"),
                ("single", 'services={"lead":{}}', "'lead'"),
                ("split", 'kafka.brokers="kafka"', "/kafka/brokers")):
            with self.subTest(setting=setting):
                self.assertIn(named, refusal(variant, setting))

    def test_each_value_is_explained(self):
        def leaves(value, path=""):
            if isinstance(value, dict) and value and path not in ("config", "resources"):
                for key, inner in value.items():
                    yield from leaves(inner, f"{path}.{key}" if path else key)
            else:
                yield path

        values = set(leaves(yaml.safe_load((CHART / "values.yaml").read_text())))
        rows = re.findall(r"^\| `([\w.]+)` \|(.*?)\| (.*?) \|$", (CHART / "README.md").read_text(), re.M)
        self.assertEqual({name for name, _, _ in rows}, values)
        for name, _, text in rows:
            self.assertGreater(len(text), 10, name)


if __name__ == "__main__":
    unittest.main()
