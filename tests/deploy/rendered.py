"""The chart as helm renders it, and what may be asked of it."""

import functools
import os
import pathlib
import subprocess

import kubernetes_validate
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHART = ROOT / "k8s" / "songsang"
VARIANTS = sorted(path.stem for path in (CHART / "ci").glob("*.yaml"))
OLDEST, NEWEST = "1.29", "1.37"


def helm(*arguments):
    """The exit code and everything said."""
    done = subprocess.run([os.environ["HELM"], *arguments], text=True, capture_output=True, check=False,
                          timeout=120)
    return done.returncode, done.stdout if done.returncode == 0 else done.stdout + done.stderr


@functools.cache
def objects(variant, *settings):
    """What a variant in ci/ renders to, with further `--set` settings."""
    sets = [word for setting in settings for word in ("--set", setting)]
    status, text = helm("template", "demo", str(CHART), "-f", str(CHART / "ci" / f"{variant}.yaml"), *sets)
    if status != 0:
        raise AssertionError(text)
    return tuple(item for item in yaml.safe_load_all(text) if item)


def refusal(variant, *settings):
    """Why helm refuses these settings; empty if it does not."""
    sets = [word for setting in settings for word in ("--set-json", setting)]
    status, text = helm("template", "demo", str(CHART), "-f", str(CHART / "ci" / f"{variant}.yaml"), *sets)
    return "" if status == 0 else text


def of_kind(variant, kind, *settings):
    return [item for item in objects(variant, *settings) if item["kind"] == kind]


def pods(variant):
    """(name, pod spec, labels) of everything that runs."""
    for item in objects(variant):
        if item["kind"] in ("Deployment", "Job"):
            template = item["spec"]["template"]
            yield item["metadata"]["name"], template["spec"], template["metadata"]["labels"]


def schema_fault(item, version):
    """What Kubernetes' own schema says against an object, unknown fields included; empty if nothing."""
    try:
        kubernetes_validate.validate(item, version, strict=True)
    except kubernetes_validate.ValidationError as fault:
        return fault.message
    return ""


def restricted_faults(pod):
    """What the Pod Security Standard `restricted` says against a pod, and what we ask beyond it."""
    faults = []

    def want(holds, what):
        if not holds:
            faults.append(what)

    security = pod.get("securityContext", {})
    want(security.get("runAsNonRoot") is True, "runAsNonRoot")
    want(security.get("runAsUser", 0) > 0, "runAsUser")
    want(security.get("seccompProfile", {}).get("type") == "RuntimeDefault", "seccompProfile")
    for name in ("hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace"):
        want(not pod.get(name), name)
    want(pod.get("automountServiceAccountToken") is False, "automountServiceAccountToken")
    allowed = {"configMap", "secret", "emptyDir", "projected", "downwardAPI", "csi", "ephemeral", "persistentVolumeClaim"}
    for volume in pod.get("volumes", []):
        want(set(volume) - {"name"} <= allowed, f"volume {volume['name']}")
    for container in pod.get("initContainers", []) + pod["containers"]:
        own = container.get("securityContext", {})
        want(own.get("allowPrivilegeEscalation") is False, "allowPrivilegeEscalation")
        want(own.get("readOnlyRootFilesystem") is True, "readOnlyRootFilesystem")
        want(own.get("capabilities", {}).get("drop") == ["ALL"], "capabilities.drop")
        want(not own.get("capabilities", {}).get("add"), "capabilities.add")
        want(not own.get("privileged"), "privileged")
        want(own.get("runAsNonRoot", True) is True and own.get("runAsUser", 1) > 0, "container's user")
        want(all("hostPort" not in port for port in container.get("ports", [])), "hostPort")
        want("cpu" not in container["resources"].get("limits", {}), "cpu limit")
        want("memory" in container["resources"]["requests"], "memory request")
    return faults
