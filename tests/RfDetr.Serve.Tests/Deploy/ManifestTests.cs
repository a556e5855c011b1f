using k8s;
using k8s.Models;
using RfDetr.Tests.House;

namespace RfDetr.Serve.Tests.Deploy;

/// <summary>
/// The manifests as the API server reads them: strictly, so that a misspelled field is an error, and true to the server that they
/// start.
/// </summary>
public sealed class ManifestTests
{
    private static readonly string s_folder = Path.Combine(Checkout.Root, "deploy", "kubernetes");

    private static readonly Dictionary<string, Type> s_types = new()
    {
        ["keda.sh/v1alpha1/ScaledObject"] = typeof(ScaledObject),
        ["kustomize.config.k8s.io/v1beta1/Kustomization"] = typeof(Kustomization),
    };

    [Fact]
    public void Every_file_is_read_strictly_and_every_file_is_used()
    {
        foreach (string folder in (string[])["base", "keda"])
        {
            string[] files = Directory.GetFiles(Path.Combine(s_folder, folder));
            foreach (string file in files)
                Load(file).ShouldNotBeEmpty();
            Kustomization kustomization = Load(Path.Combine(s_folder, folder, "kustomization.yaml"))
                .ShouldHaveSingleItem().ShouldBeOfType<Kustomization>();
            kustomization.Resources.Where(r => !r.StartsWith("..", StringComparison.Ordinal)).Append("kustomization.yaml").Order()
                .ShouldBe(files.Select(Path.GetFileName).Order());
        }
    }

    [Fact]
    public void A_field_that_does_not_exist_would_be_noticed()
    {
        string text = File.ReadAllText(Path.Combine(s_folder, "base", "deployment.yaml"));
        Should.Throw<Exception>(() => KubernetesYaml.LoadAllFromString(
            text.Replace("readOnlyRootFilesystem", "readonlyRootFilesystem", StringComparison.Ordinal), s_types, strict: true));
    }

    [Fact]
    public void Everything_selects_the_pods_of_the_deployment()
    {
        IDictionary<string, string> labels = One<V1Deployment>().Spec.Selector.MatchLabels;
        One<V1Service>().Spec.Selector.ShouldBe(labels);
        One<V1PodDisruptionBudget>().Spec.Selector.MatchLabels.ShouldBe(labels);
        One<V1NetworkPolicy>().Spec.PodSelector.MatchLabels.ShouldBe(labels);
        One<V1Deployment>().Spec.Template.Spec.TopologySpreadConstraints.ShouldHaveSingleItem().LabelSelector.MatchLabels
            .ShouldBe(labels);
        Kustomization kustomization = Load(Path.Combine(s_folder, "base", "kustomization.yaml")).OfType<Kustomization>().Single();
        kustomization.Labels.ShouldHaveSingleItem().Pairs.ShouldBe(labels);
        kustomization.Labels[0].IncludeTemplates.ShouldBeTrue("the pods themselves get the labels from here");
        One<ScaledObject>().Spec.ScaleTargetRef.Name.ShouldBe(One<V1Deployment>().Metadata.Name);
    }

    [Fact]
    public void Pods_have_no_rights()
    {
        V1PodSpec pod = One<V1Deployment>().Spec.Template.Spec;
        pod.AutomountServiceAccountToken.ShouldBe(false);
        One<V1ServiceAccount>().AutomountServiceAccountToken.ShouldBe(false);
        pod.SecurityContext.RunAsNonRoot.ShouldBe(true);
        pod.SecurityContext.RunAsUser.ShouldBe(10001);
        pod.SecurityContext.SeccompProfile.Type.ShouldBe("RuntimeDefault");
        V1SecurityContext container = pod.Containers.ShouldHaveSingleItem().SecurityContext;
        container.ReadOnlyRootFilesystem.ShouldBe(true);
        container.AllowPrivilegeEscalation.ShouldBe(false);
        container.Capabilities.Drop.ShouldBe(["ALL"]);
        pod.Containers[0].VolumeMounts.ShouldContain(m => m.MountPath == "/tmp", "a read-only root needs a folder for bodies");
        One<V1NetworkPolicy>().Spec.Egress.ShouldBeEmpty();
        One<V1NetworkPolicy>().Spec.PolicyTypes.ShouldBe(["Ingress", "Egress"]);
    }

    [Fact]
    public void Times_and_memory_fit_the_server()
    {
        V1PodSpec pod = One<V1Deployment>().Spec.Template.Spec;
        var options = new ServeOptions();
        pod.TerminationGracePeriodSeconds!.Value.ShouldBeGreaterThan(
            (long)options.ShutdownTimeout.TotalSeconds, "the server ends by itself before it is killed");
        V1Probe ready = pod.Containers[0].ReadinessProbe;
        (ready.PeriodSeconds * ready.FailureThreshold)!.Value.ShouldBeLessThan(
            (int)options.DrainDelay.TotalSeconds, "the balancer has noticed before the server stops accepting");
        pod.Containers[0].Resources.Limits.ShouldNotContainKey("cpu");
        double memory = pod.Containers[0].Resources.Limits["memory"].ToDouble();
        memory.ShouldBeGreaterThanOrEqualTo(options.Batching.QueueBytes + (512L << 20) + (256L << 20));
        pod.Containers[0].Resources.Requests["memory"].ToDouble().ShouldBe(memory);
    }

    [Fact]
    public async Task Probes_ask_routes_that_the_server_has()
    {
        V1Container container = One<V1Deployment>().Spec.Template.Spec.Containers[0];
        await using RfDetrServer server = await RfDetrServer.StartAsync(new ServeOptions { Port = 0 });
        using var client = new HttpClient { BaseAddress = server.Address };
        foreach (V1Probe probe in (V1Probe[])[container.StartupProbe, container.ReadinessProbe, container.LivenessProbe])
        {
            container.Ports.ShouldContain(p => p.Name == probe.HttpGet.Port.Value);
            using HttpResponseMessage answer = await client.GetAsync(probe.HttpGet.Path);
            ((int)answer.StatusCode).ShouldBe(200, probe.HttpGet.Path);
        }

        V1ServicePort port = One<V1Service>().Spec.Ports.ShouldHaveSingleItem();
        container.Ports.ShouldContain(p => p.Name == port.TargetPort.Value && p.ContainerPort == ServeOptions.DefaultPort);
        One<V1NetworkPolicy>().Spec.Ingress.ShouldHaveSingleItem().Ports.ShouldHaveSingleItem().Port.Value
            .ShouldBe(port.TargetPort.Value);
    }

    private static T One<T>() => Directory.GetFiles(s_folder, "*.yaml", SearchOption.AllDirectories)
        .SelectMany(Load).OfType<T>().ShouldHaveSingleItem();

    private static List<object> Load(string file) =>
        KubernetesYaml.LoadAllFromString(File.ReadAllText(file), s_types, strict: true);
}
