// The files themselves: what Kubernetes, compose and an engine of any age will read in them.
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { parse } from "yaml";
import { check, root } from "./parts.mjs";

const read = (path) => readFileSync(`${root}docker/${path}`, "utf8");
const yaml = (path) => parse(read(path));

/** Long options of a command line that the command does not have. */
function unknownOptions(program, verb, args) {
  const help = execFileSync(program, [verb, "--help"], { encoding: "utf8" });
  const known = new Set(help.match(/--[a-z-]+/g));
  const own = args.includes("--") ? args.slice(0, args.indexOf("--")) : args;
  return own.filter((one) => one.startsWith("--")).map((one) => one.split("=")[0]).filter((one) => !known.has(one));
}

function kubernetes(program) {
  const deployment = yaml("kubernetes/deployment.yaml");
  const pod = deployment.spec.template.spec;
  const sidecar = pod.initContainers?.find((one) => one.name === "sioscope");
  check("kubernetes: sioscope is a native sidecar", sidecar?.restartPolicy === "Always", read("kubernetes/deployment.yaml"));
  check("kubernetes: its options exist", unknownOptions(program, sidecar.args[0], sidecar.args).length === 0, sidecar.args.join(" "));

  const option = Object.fromEntries(sidecar.args.filter((one) => one.includes("=")).map((one) => [one.slice(2, one.indexOf("=")), one.slice(one.indexOf("=") + 1)]));
  const port = (name) => [...sidecar.ports, ...pod.containers.flatMap((one) => one.ports)].find((one) => one.name === name)?.containerPort;
  const paths = { startupProbe: "/healthz", readinessProbe: "/readyz", livenessProbe: "/healthz" };
  for (const [probe, path] of Object.entries(paths)) {
    const get = sidecar[probe]?.httpGet;
    check(`kubernetes: the ${probe} asks ${path} of the admin port`, get?.path === path && String(port(get?.port)) === option.admin.split(":").at(-1), JSON.stringify(sidecar[probe]));
  }
  // The kubelet asks from outside of the pod's network: loopback would be deaf to it.
  check("kubernetes: probes reach the admin port", option.admin.startsWith("0.0.0.0:"), option.admin);
  const drain = Number(/^(\d+)s$/.exec(option.drain)?.[1]);
  check("kubernetes: a pingInterval and a pingTimeout fit into the drain", drain >= 25 + 20, option.drain);
  check("kubernetes: the drain fits into the grace period", pod.terminationGracePeriodSeconds > drain, pod.terminationGracePeriodSeconds);
  const security = sidecar.securityContext;
  check("kubernetes: it needs no rights", security.runAsNonRoot && security.readOnlyRootFilesystem && security.allowPrivilegeEscalation === false && security.capabilities.drop.includes("ALL"), JSON.stringify(security));
  check("kubernetes: the sidecar leads to the application", pod.containers.some((one) => one.ports.some((each) => option.upstream === `http://127.0.0.1:${each.containerPort}`)), option.upstream);

  const service = yaml("kubernetes/service.yaml");
  check("kubernetes: the service leads to sioscope", String(port(service.spec.ports[0].targetPort)) === option.listen.split(":").at(-1), JSON.stringify(service.spec));
  const labels = deployment.spec.template.metadata.labels;
  for (const [what, selector] of [["service", service.spec.selector], ["deployment", deployment.spec.selector.matchLabels]])
    check(`kubernetes: the ${what} selects its pods`, Object.entries(selector).every(([key, value]) => labels[key] === value), JSON.stringify(selector));
  const token = sidecar.env?.find((one) => one.name === "SIOSCOPE_ADMIN_TOKEN")?.valueFrom?.secretKeyRef;
  check("kubernetes: the admin port has a token, from a secret", token?.name === "sioscope" && read("kubernetes/deployment.yaml").includes(`${token.name} --from-literal=${token.key}=`), JSON.stringify(sidecar.env));

  const kustomization = yaml("kubernetes/kustomization.yaml");
  const files = readdirSync(`${root}docker/kubernetes`).filter((one) => one !== "kustomization.yaml");
  check("kubernetes: the kustomization has every file", JSON.stringify([...kustomization.resources].sort()) === JSON.stringify(files.sort()), kustomization.resources.join(" "));
  const images = [...pod.initContainers, ...pod.containers].map((one) => one.image);
  check("kubernetes: the kustomization names every image", images.every((one) => kustomization.images.some((each) => each.name === one)), images.join(" "));
}

function compose(program) {
  for (const file of ["compose.yaml", "compose.ci.yaml"]) {
    const { services } = yaml(file);
    for (const [name, service] of Object.entries(services)) {
      if (["proxy", "check"].includes(service.command?.[0]))
        check(`${file}: the options of ${name} exist`, unknownOptions(program, service.command[0], service.command).length === 0, service.command.join(" "));
      for (const port of service.ports ?? []) check(`${file}: ${name} is on loopback`, port.startsWith("127.0.0.1:"), port);
      const needs = Array.isArray(service.depends_on) ? service.depends_on : Object.keys(service.depends_on ?? {});
      check(`${file}: what ${name} depends on is there`, needs.every((one) => services[one]), needs.join(" "));
    }
  }
}

/** Engines from 20.10 on, with BuildKit and without, and where no registry can be reached for a frontend. */
function dockerfiles() {
  for (const file of ["Dockerfile", "sample/Dockerfile"]) {
    const text = read(file);
    check(`${file}: no engine need be new`, !/^#\s*syntax=|<<|--mount/m.test(text), text);
    const [last] = text.split(/^FROM /m).slice(-1);
    check(`${file}: its last stage is no root's`, /^USER 65534:65534$/m.test(last), last);
  }
}

export function tryFiles(program) {
  kubernetes(program);
  compose(program);
  dockerfiles();
}
