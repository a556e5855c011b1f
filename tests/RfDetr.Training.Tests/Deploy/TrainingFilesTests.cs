using System.Diagnostics;
using System.Globalization;
using k8s;
using k8s.Models;
using RfDetr.Training;

namespace RfDetr.Tests.Deploy;

/// <summary>The files that start training on several machines: scripts are run, manifests read as their operators do.</summary>
public sealed class TrainingFilesTests : IDisposable
{
    private static readonly string s_files = Path.Combine(AppContext.BaseDirectory, "deploy", "training");

    private static readonly Dictionary<string, Type> s_types = new()
    {
        ["kubeflow.org/v1/PyTorchJob"] = typeof(PyTorchJob),
        ["kubeflow.org/v2beta1/MPIJob"] = typeof(MpiJob),
    };

    private readonly TemporaryFolder _folder = new();

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(1)]
    public void TheScriptTellsEachMachineItsPlace(int number)
    {
        Skip.If(OperatingSystem.IsWindows(), "a shell script");
        string program = Program("rfdetr", "env; echo \"args: $*\"");
        (int code, string output) = Run(
            "machines.sh", [$"{number}", "--model", "nano"], ("MACHINES", "2"), ("MASTER_ADDR", "10.0.0.1"), ("RFDETR", program));

        code.ShouldBe(0, output);
        output.ShouldContain("args: train --model nano\n");
        Environment(output).ShouldBe(new RankEnvironment(number, 2, 0, "10.0.0.1", 29500));
        Run("machines.sh", [$"{number}", "--model", "nano"]).Code.ShouldBe(2, "it does not guess the other machines");
    }

    [SkippableFact]
    public void TheJobOfSlurmBeginsGoesOnAndIsQueuedAgain()
    {
        Skip.If(OperatingSystem.IsWindows(), "a shell script");
        Program("srun", "echo \"srun: $*\"; exit ${SRUN_CODE:-0}");
        Program("scontrol", "echo \"scontrol: $*\"");
        string run = _folder["run"];

        (int code, string output) = Submit(0);
        code.ShouldBe(0);
        output.ShouldBe($"srun: --kill-on-bad-exit=1 rfdetr train --model nano --epochs 5 --output {run}\n");

        Directory.CreateDirectory(run);
        File.WriteAllText(Path.Combine(run, "config.yaml"), "");
        foreach ((int ended, bool again) in ((int, bool)[])[(0, false), (1, false), (143, true), (130, true)])
        {
            (code, output) = Submit(ended);
            code.ShouldBe(ended);
            output.ShouldBe(
                $"srun: --kill-on-bad-exit=1 rfdetr train --resume {run}\n" + (again ? "scontrol: requeue 77\n" : ""));
        }

        (int Code, string Output) Submit(int ended) => Run(
            "slurm.sbatch", ["--model", "nano", "--epochs", "5"], ("RUN", run), ("SLURM_JOB_ID", "77"),
            ("SRUN_CODE", $"{ended}"), ("PATH", $"{_folder["bin"]}:{System.Environment.GetEnvironmentVariable("PATH")}"));
    }

    [Fact]
    public void TheJobOfSlurmAsksForWhatTheDocumentsSay()
    {
        string[] asked =
        [
            .. File.ReadLines(Path.Combine(s_files, "slurm.sbatch"))
                .Where(l => l.StartsWith("#SBATCH ", StringComparison.Ordinal)).Select(l => l["#SBATCH ".Length..])
        ];
        // The signal goes to the tasks: "B:" would send it to the script alone.
        asked.ShouldContain("--signal=TERM@120");
        asked.ShouldContain("--requeue");
        asked.ShouldContain("--ntasks-per-node=1");
        asked.ShouldBeUnique();
    }

    /// <remarks>The operator's variables: its source, pkg/controller.v1/pytorch/envvar.go and master.go.</remarks>
    [Fact]
    public void EveryPodOfThePyTorchJobHasItsPlace()
    {
        PyTorchJob job = One<PyTorchJob>("pytorchjob.yaml");
        KubeflowReplicas master = job.Spec.PytorchReplicaSpecs["Master"], workers = job.Spec.PytorchReplicaSpecs["Worker"];
        job.Spec.PytorchReplicaSpecs.Count.ShouldBe(2);
        master.Replicas.ShouldBe(1);
        int world = master.Replicas + workers.Replicas;
        for (int rank = 0; rank < world; rank++)
        {
            Dictionary<string, string> set = new()
            {
                ["MASTER_PORT"] = "23456",
                ["MASTER_ADDR"] = $"{job.Metadata.Name}-master-0",
                ["WORLD_SIZE"] = world.ToString(CultureInfo.InvariantCulture),
                ["RANK"] = rank.ToString(CultureInfo.InvariantCulture),
            };
            RankEnvironment.Read(set.GetValueOrDefault)
                .ShouldBe(new RankEnvironment(rank, world, 0, "rfdetr-train-master-0", 23456));
        }

        foreach (KubeflowReplicas role in (KubeflowReplicas[])[master, workers])
        {
            role.RestartPolicy.ShouldBe("OnFailure");
            V1PodSpec pod = role.Template.Spec;
            V1Container container = pod.Containers.ShouldHaveSingleItem();
            container.Name.ShouldBe("pytorch", "the operator finds the container by this name");
            container.VolumeMounts.Select(m => m.Name).ShouldBe(pod.Volumes.Select(v => v.Name), ignoreOrder: true);
            One<V1PersistentVolumeClaim>("pytorchjob.yaml").Metadata.Name
                .ShouldBe(pod.Volumes.Single(v => v.Name == "data").PersistentVolumeClaim.ClaimName);
            One<V1ConfigMap>("pytorchjob.yaml").Metadata.Name
                .ShouldBe(pod.Volumes.Single(v => v.Name == "config").ConfigMap.Name);
            pod.TopologySpreadConstraints.ShouldHaveSingleItem().LabelSelector.MatchLabels
                .ShouldBe(role.Template.Metadata.Labels);
            ShouldBeAScript(container);
        }
    }

    [Fact]
    public void TheOptionsOfThePyTorchJobAreOptions()
    {
        KeyValuePair<string, string> file = One<V1ConfigMap>("pytorchjob.yaml").Data.ShouldHaveSingleItem();
        File.WriteAllText(_folder[file.Key], file.Value);

        TrainOptions read = TrainOptionsFile.Read(_folder[file.Key]);

        (read with { Output = read.Output with { Folder = _folder["run"] } }).Validate();
        V1Container container =
            One<PyTorchJob>("pytorchjob.yaml").Spec.PytorchReplicaSpecs["Worker"].Template.Spec.Containers[0];
        container.Args.Single().ShouldContain($"{container.VolumeMounts.Single(m => m.Name == "config").MountPath}/{file.Key}");
        read.Data.Folder!.ShouldStartWith(container.VolumeMounts.Single(m => m.Name == "data").MountPath);
    }

    [Fact]
    public void TheMpiJobStartsAProcessOnEachWorker()
    {
        MpiJob job = One<MpiJob>("mpijob.yaml");
        KubeflowReplicas launcher = job.Spec.MpiReplicaSpecs["Launcher"], workers = job.Spec.MpiReplicaSpecs["Worker"];
        V1Container start = launcher.Template.Spec.Containers.ShouldHaveSingleItem();
        string script = start.Args.ShouldHaveSingleItem();
        script.ShouldContain($"mpirun -n {workers.Replicas * job.Spec.SlotsPerWorker} --bind-to none ");
        script.ShouldContain("-x MASTER_ADDR=\"$master\"");
        ShouldBeAScript(start);
        V1PodSpec pod = workers.Template.Spec;
        pod.Containers.ShouldHaveSingleItem().Image.ShouldBe(start.Image);
        pod.Containers[0].Command[0].ShouldBe("/usr/sbin/sshd");
        pod.Containers[0].SecurityContext.RunAsUser.ShouldBe(start.SecurityContext.RunAsUser);
        job.Spec.SshAuthMountPath.ShouldBe(Path.GetDirectoryName(pod.Containers[0].Command[^1]) + "/.ssh");
        pod.Containers[0].VolumeMounts.Select(m => m.Name).ShouldBe(pod.Volumes.Select(v => v.Name));
    }

    [Fact]
    public void AFieldThatDoesNotExistWouldBeNoticed()
    {
        string text = File.ReadAllText(Path.Combine(s_files, "mpijob.yaml"));
        Should.Throw<Exception>(() => KubernetesYaml.LoadAllFromString(
            text.Replace("slotsPerWorker", "slotsPerworker", StringComparison.Ordinal), s_types, strict: true));
    }

    public void Dispose() => _folder.Dispose();

    private static void ShouldBeAScript(V1Container container)
    {
        container.Command.ShouldBe(["sh", "-c"]);
        if (OperatingSystem.IsWindows())
            return;
        using Process check = Process.Start(
            new ProcessStartInfo("sh", ["-n", "-c", container.Args.ShouldHaveSingleItem()]) { RedirectStandardError = true })!;
        string errors = check.StandardError.ReadToEnd();
        check.WaitForExit();
        (check.ExitCode, errors).ShouldBe((0, ""));
    }

    private static T One<T>(string file) => KubernetesYaml
        .LoadAllFromString(File.ReadAllText(Path.Combine(s_files, file)), s_types, strict: true)
        .OfType<T>().ShouldHaveSingleItem();

    private static RankEnvironment Environment(string printed)
    {
        Dictionary<string, string> set = printed.Split('\n').Select(l => l.Split('=', 2)).Where(p => p.Length == 2)
            .ToDictionary(p => p[0], p => p[1]);
        return RankEnvironment.Read(set.GetValueOrDefault);
    }

    /// <summary>A program of a few words in the folder <c>bin</c>.</summary>
    private string Program(string name, string script)
    {
        Directory.CreateDirectory(_folder["bin"]);
        string path = Path.Combine(_folder["bin"], name);
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }

    private static (int Code, string Output) Run(string script, string[] arguments, params (string Name, string Value)[] set)
    {
        var start = new ProcessStartInfo("bash", [Path.Combine(s_files, script), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in set)
            start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        process.WaitForExit();
        return (process.ExitCode, output.Result + errors.Result);
    }
}
