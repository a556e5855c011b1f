using k8s.Models;

namespace RfDetr.Serve.Tests.Deploy;

// The kinds that are not Kubernetes's own, as far as the project uses them. Reading is strict: a field beyond them is an error.

/// <summary>Kustomize's file.</summary>
internal sealed class Kustomization
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public List<string> Resources { get; set; } = [];

    public List<LabelRule> Labels { get; set; } = [];

    public List<ImageRule> Images { get; set; } = [];

    public List<PatchRule> Patches { get; set; } = [];
}

/// <summary>Labels that every resource gets.</summary>
internal sealed class LabelRule
{
    public Dictionary<string, string> Pairs { get; set; } = [];

    public bool IncludeSelectors { get; set; }

    public bool IncludeTemplates { get; set; }
}

/// <summary>The image that stands for a name.</summary>
internal sealed class ImageRule
{
    public string Name { get; set; } = "";

    public string NewTag { get; set; } = "";
}

/// <summary>A change of another resource.</summary>
internal sealed class PatchRule
{
    public PatchTarget Target { get; set; } = new();

    public string Patch { get; set; } = "";
}

/// <summary>The resource that a patch changes.</summary>
internal sealed class PatchTarget
{
    public string Kind { get; set; } = "";

    public string Name { get; set; } = "";
}

/// <summary>KEDA's rule for the number of pods, <c>keda.sh/v1alpha1</c>.</summary>
internal sealed class ScaledObject
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public V1ObjectMeta Metadata { get; set; } = new();

    public ScaledObjectSpec Spec { get; set; } = new();
}

/// <summary>The scaled resource, its bounds and its triggers.</summary>
internal sealed class ScaledObjectSpec
{
    public ScaleTarget ScaleTargetRef { get; set; } = new();

    public int MinReplicaCount { get; set; }

    public int MaxReplicaCount { get; set; }

    public int PollingInterval { get; set; }

    public int CooldownPeriod { get; set; }

    public List<ScaleTrigger> Triggers { get; set; } = [];
}

/// <summary>The scaled resource, a Deployment.</summary>
internal sealed class ScaleTarget
{
    public string Name { get; set; } = "";
}

/// <summary>A figure that asks for pods.</summary>
internal sealed class ScaleTrigger
{
    public string Type { get; set; } = "";

    public string MetricType { get; set; } = "";

    public Dictionary<string, string> Metadata { get; set; } = [];

    public ScaleAuthentication? AuthenticationRef { get; set; }
}

/// <summary>The name of a TriggerAuthentication.</summary>
internal sealed class ScaleAuthentication
{
    public string Name { get; set; } = "";
}

/// <summary>KEDA's way to secrets, <c>keda.sh/v1alpha1</c>.</summary>
internal sealed class TriggerAuthentication
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public V1ObjectMeta Metadata { get; set; } = new();

    public TriggerAuthenticationSpec Spec { get; set; } = new();
}

/// <summary>Parameters of a trigger that come from secrets.</summary>
internal sealed class TriggerAuthenticationSpec
{
    public List<SecretTarget> SecretTargetRef { get; set; } = [];
}

/// <summary>A parameter and the key of a secret.</summary>
internal sealed class SecretTarget
{
    public string Parameter { get; set; } = "";

    public string Name { get; set; } = "";

    public string Key { get; set; } = "";
}
