using k8s.Models;

namespace RfDetr.Tests.Deploy;

// Kubeflow's kinds, as far as the project uses them. Reading is strict: a field beyond them is an error.

/// <summary>A job of the training operator, <c>kubeflow.org/v1</c>.</summary>
internal sealed class PyTorchJob
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public V1ObjectMeta Metadata { get; set; } = new();

    public PyTorchJobSpec Spec { get; set; } = new();
}

/// <summary>Its replicas by role, <c>Master</c> and <c>Worker</c>.</summary>
internal sealed class PyTorchJobSpec
{
    public KubeflowRunPolicy RunPolicy { get; set; } = new();

    public Dictionary<string, KubeflowReplicas> PytorchReplicaSpecs { get; set; } = [];
}

/// <summary>A job of the MPI operator, <c>kubeflow.org/v2beta1</c>.</summary>
internal sealed class MpiJob
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public V1ObjectMeta Metadata { get; set; } = new();

    public MpiJobSpec Spec { get; set; } = new();
}

/// <summary>Its replicas by role, <c>Launcher</c> and <c>Worker</c>.</summary>
internal sealed class MpiJobSpec
{
    public int SlotsPerWorker { get; set; }

    public string SshAuthMountPath { get; set; } = "";

    public string MpiImplementation { get; set; } = "";

    public KubeflowRunPolicy RunPolicy { get; set; } = new();

    public Dictionary<string, KubeflowReplicas> MpiReplicaSpecs { get; set; } = [];
}

/// <summary>The end of a job, and how often it is started again.</summary>
internal sealed class KubeflowRunPolicy
{
    public string CleanPodPolicy { get; set; } = "";

    public int BackoffLimit { get; set; }
}

/// <summary>Pods of one role.</summary>
internal sealed class KubeflowReplicas
{
    public int Replicas { get; set; }

    public string RestartPolicy { get; set; } = "";

    public V1PodTemplateSpec Template { get; set; } = new();
}
