using k8s;
using k8s.Models;
using RfDetr.Serve.Tests.Deploy;
using RfDetr.Tests.House;
using YamlDotNet.RepresentationModel;

namespace RfDetr.Jobs.Tests;

/// <summary>The manifests of workers as the API server reads them, strictly, and true to the program that they start.</summary>
public sealed class JobManifestTests
{
    private static readonly string s_jobs = Path.Combine(Checkout.Root, "deploy", "jobs");
    private static readonly string s_folder = Path.Combine(s_jobs, "kubernetes");

    private static readonly Dictionary<string, Type> s_types = new()
    {
        ["keda.sh/v1alpha1/ScaledObject"] = typeof(ScaledObject),
        ["keda.sh/v1alpha1/TriggerAuthentication"] = typeof(TriggerAuthentication),
        ["kustomize.config.k8s.io/v1beta1/Kustomization"] = typeof(Kustomization),
    };

    [Fact]
    public void Every_file_is_read_strictly_and_every_file_is_used()
    {
        Kustomization kustomization = One<Kustomization>();
        kustomization.Resources.Append("kustomization.yaml").Order()
            .ShouldBe(Directory.GetFiles(s_folder).Select(Path.GetFileName).Order());
        string text = File.ReadAllText(Path.Combine(s_folder, "deployment.yaml"));
        Should.Throw<Exception>(() => KubernetesYaml.LoadAllFromString(
            text.Replace("secretKeyRef", "secretkeyRef", StringComparison.Ordinal), s_types, strict: true));
        KeyValuePair<string, string> label = kustomization.Labels.ShouldHaveSingleItem().Pairs.ShouldHaveSingleItem();
        V1Deployment deployment = One<V1Deployment>();
        foreach (IDictionary<string, string> labels in (IDictionary<string, string>[])[
            deployment.Spec.Selector.MatchLabels, deployment.Spec.Template.Metadata.Labels,
            One<V1NetworkPolicy>().Spec.PodSelector.MatchLabels])
            labels.ShouldHaveSingleItem().ShouldBe(label);
    }

    [Fact]
    public void Pods_have_no_rights_and_nobody_reaches_them()
    {
        V1PodSpec pod = One<V1Deployment>().Spec.Template.Spec;
        pod.AutomountServiceAccountToken.ShouldBe(false);
        One<V1ServiceAccount>().AutomountServiceAccountToken.ShouldBe(false);
        pod.ServiceAccountName.ShouldBe(One<V1ServiceAccount>().Metadata.Name);
        pod.SecurityContext.RunAsNonRoot.ShouldBe(true);
        pod.SecurityContext.RunAsUser.ShouldBe(10001);
        V1Container worker = pod.Containers.ShouldHaveSingleItem();
        worker.SecurityContext.ReadOnlyRootFilesystem.ShouldBe(true);
        worker.SecurityContext.AllowPrivilegeEscalation.ShouldBe(false);
        worker.SecurityContext.Capabilities.Drop.ShouldBe(["ALL"]);
        worker.VolumeMounts.ShouldContain(m => m.MountPath == "/tmp");
        worker.Resources.Limits.ShouldNotContainKey("cpu");
        One<V1NetworkPolicy>().Spec.Ingress.ShouldBeEmpty();
        One<V1NetworkPolicy>().Spec.Egress.SelectMany(e => e.Ports).Select(p => p.Port.Value).Distinct().Order()
            .ShouldBe(["443", "53", "5432", "5671"]);
    }

    [Fact]
    public async Task The_worker_s_arguments_are_the_program_s_and_its_end_fits_the_pod_s()
    {
        V1PodSpec pod = One<V1Deployment>().Spec.Template.Spec;
        V1Container worker = pod.Containers[0];
        await ArgumentsExistAsync(worker.Args);
        int grace = int.Parse(worker.Args[worker.Args.IndexOf("--grace") + 1], System.Globalization.CultureInfo.InvariantCulture);
        pod.TerminationGracePeriodSeconds!.Value.ShouldBeGreaterThan(grace + 5);
        Dictionary<string, V1EnvVar> variables = worker.Env.ToDictionary(e => e.Name);
        variables.Keys.Order().ShouldBe(new[] { BrokerAddress.Variable, BrokerAddress.PasswordVariable }.Order());
        string address = variables[BrokerAddress.Variable].Value;
        var broker = BrokerAddress.Parse(address.Split('?')[0]);
        (broker.Tls, broker.Port).ShouldBe((true, 5671));
        variables[BrokerAddress.PasswordVariable].Value.ShouldBeNull("passwords come from secrets");
        string secret = variables[BrokerAddress.PasswordVariable].ValueFrom.SecretKeyRef.Name;
        V1Volume volume = pod.Volumes.Single(v => v.Secret is not null);
        volume.Secret.SecretName.ShouldBe(secret);
        string folder = worker.VolumeMounts.Single(m => m.Name == volume.Name).MountPath;
        address.Split("cacertfile=")[1].ShouldBe($"{folder}/{volume.Secret.Items.Single().Path}");
        One<TriggerAuthentication>().Spec.SecretTargetRef.ShouldHaveSingleItem().Name.ShouldBe(secret);
    }

    [Fact]
    public void Pods_follow_the_queue_of_the_job_to_none()
    {
        ScaledObject scaled = One<ScaledObject>();
        V1Deployment deployment = One<V1Deployment>();
        scaled.Spec.ScaleTargetRef.Name.ShouldBe(deployment.Metadata.Name);
        deployment.Spec.Replicas.ShouldBeNull("KEDA owns it");
        scaled.Spec.MinReplicaCount.ShouldBe(0);
        ScaleTrigger trigger = scaled.Spec.Triggers.ShouldHaveSingleItem();
        trigger.Type.ShouldBe("rabbitmq");
        trigger.AuthenticationRef!.Name.ShouldBe(One<TriggerAuthentication>().Metadata.Name);
        trigger.Metadata["mode"].ShouldBe("QueueLength");
        trigger.Metadata["value"].ShouldBe("4");
        trigger.Metadata["excludeUnacknowledged"].ShouldBe("false");
        string destination = deployment.Spec.Template.Spec.Containers[0].Args[1];
        trigger.Metadata["queueName"].ShouldBe(BrokerTopology.Work(Submission.NameOf(destination)));
    }

    [Fact]
    public async Task Compose_publishes_on_the_loopback_only_and_holds_no_password()
    {
        string text = await File.ReadAllTextAsync(Path.Combine(s_jobs, "compose.yaml"));
        var yaml = new YamlStream();
        yaml.Load(new StringReader(text));
        var services = (YamlMappingNode)yaml.Documents[0].RootNode["services"];
        services.Children.Keys.Select(k => $"{k}").ShouldBe(["broker", "database", "worker"]);
        string[] ports =
        [
            .. services.Children.Values.OfType<YamlMappingNode>().Where(s => s.Children.ContainsKey("ports"))
                .SelectMany(s => (YamlSequenceNode)s["ports"]).Select(p => $"{p}"),
        ];
        ports.Length.ShouldBe(3);
        ports.ShouldAllBe(p => p.StartsWith("127.0.0.1:", StringComparison.Ordinal));
        foreach ((YamlNode name, YamlNode value) in services.Children.Values.OfType<YamlMappingNode>()
            .SelectMany(s => ((YamlMappingNode)s["environment"]).Children))
        {
            if ($"{name}".Contains("PASS", StringComparison.Ordinal))
                $"{value}".ShouldMatch(@"^\$\{RFDETR_[A-Z]+_PASSWORD:\?\}$", $"{name}");
        }

        YamlNode worker = services["worker"];
        List<string> command = [.. ((YamlSequenceNode)worker["command"]).Select(c => $"{c}")];
        await ArgumentsExistAsync(command);
        var database = PostgresAddress.Parse(command[command.IndexOf("--results") + 1]);
        database.User.ShouldBe($"{services["database"]["environment"]["POSTGRES_USER"]}");
        database.Database.ShouldBe($"{services["database"]["environment"]["POSTGRES_DB"]}");
        BrokerAddress.Parse($"{worker["environment"][BrokerAddress.Variable]}").User
            .ShouldBe($"{services["broker"]["environment"]["RABBITMQ_DEFAULT_USER"]}");
        $"{worker["read_only"]}".ShouldBe("true");
        int grace = int.Parse(command[command.IndexOf("--grace") + 1], System.Globalization.CultureInfo.InvariantCulture);
        int.Parse($"{worker["stop_grace_period"]}".TrimEnd('s'), System.Globalization.CultureInfo.InvariantCulture)
            .ShouldBeGreaterThan(grace + 5);
    }

    [Fact]
    public void The_image_starts_the_program_that_the_script_publishes()
    {
        string file = File.ReadAllText(Path.Combine(s_jobs, "Containerfile"));
        string name = typeof(Cli.CliApp).Assembly.GetName().Name!;
        file.ShouldContain($"ENTRYPOINT [\"/app/{name}\", \"jobs\"]");
        file.ShouldContain("FROM scratch");
        file.ShouldContain("USER 10001:10001");
        file.ShouldContain("STOPSIGNAL SIGTERM");
        file.ShouldContain("DOTNET_EnableDiagnostics=0");
        File.ReadAllText(Path.Combine(Checkout.Root, "eng", "container.sh"))
            .ShouldContain($"project=RfDetr.Cli program={name} file=deploy/jobs/Containerfile name=rfdetr-jobs");
        One<V1Deployment>().Spec.Template.Spec.Containers[0].Image.ShouldBe("rfdetr-jobs");
    }

    private static async Task ArgumentsExistAsync(IList<string> arguments)
    {
        CommandLine help = await CommandLine.RunAsync("jobs", arguments[0], "--help");
        help.Code.ShouldBe(0);
        string[] options = [.. arguments.Where(a => a.StartsWith("--", StringComparison.Ordinal))];
        options.ShouldNotBeEmpty();
        foreach (string option in options)
            help.Output.ShouldContain(option);
    }

    private static T One<T>() => Directory.GetFiles(s_folder, "*.yaml")
        .SelectMany(f => KubernetesYaml.LoadAllFromString(File.ReadAllText(f), s_types, strict: true)).OfType<T>()
        .ShouldHaveSingleItem();
}
