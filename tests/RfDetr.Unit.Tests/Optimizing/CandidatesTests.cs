using RfDetr.Onnx;

namespace RfDetr.Tests.Optimizing;

/// <summary>Candidates that are worth measuring.</summary>
public class CandidatesTests
{
    private static readonly OptimizeOptions s_defaults = new();

    [Fact]
    public void Two_cores_offer_both_engines_both_counts_and_spinning() => Names(Engine.Auto, 2).ShouldBe(
    [
        "ONNX Runtime, 2 threads", "ONNX Runtime, 2 threads, spinning", "ONNX Runtime, 1 thread", "our CPU engine, 1 thread",
    ]);

    [Fact]
    public void One_core_has_no_one_to_wait_for() => Names(Engine.Auto, 1).ShouldBe(["ONNX Runtime, 1 thread"]);

    [Fact]
    public void Many_cores_are_tried_down_to_a_quarter() =>
        Candidates.Engines(Facts(Engine.Auto, 64), s_defaults).Select(c => c.Threads).Distinct().ShouldBe([64, 32, 16]);

    [Fact]
    public void What_was_asked_for_by_name_is_kept()
    {
        Names(new Engine.OnnxRuntime { Threads = 1 }, 2).ShouldBeEmpty();
        Names(new Engine.OnnxRuntime(), 2).ShouldAllBe(n => n.StartsWith("ONNX"));
        Names(new Engine.Automatic { Threads = 2 }, 4).ShouldBe(["ONNX Runtime, 2 threads", "ONNX Runtime, 2 threads, spinning"]);
        Names(new Engine.OnnxRuntime { Providers = [new("cuda")] }, 2).ShouldAllBe(n => n.StartsWith("ONNX"));
    }

    [Fact]
    public void What_only_onnx_runtime_has_makes_it_the_reference()
    {
        Facts(Engine.Auto, 2).Reference.Engine.ShouldBe(EngineKind.Cpu);
        Engine[] asked =
        [
            new Engine.OnnxRuntime(), new Engine.OnnxRuntime { Providers = [new("cpu")] },
            new Engine.OnnxRuntime { AllowSpinning = true }
        ];
        asked.ShouldAllBe(o => Facts(o, 2).Reference.Engine == EngineKind.OnnxRuntime);
        new CandidateFacts(Engine.Auto, true, false, 2).Reference.Engine.ShouldBe(EngineKind.OnnxRuntime, "an ONNX file");
    }

    [Fact]
    public void An_onnx_file_runs_in_onnx_runtime_alone() =>
        Candidates.Engines(
            new(Engine.Auto, true, false, 2), s_defaults with { AllowReducedPrecision = true })
            .ShouldAllBe(c => c.Engine == EngineKind.OnnxRuntime && !c.IsReduced);

    [Fact]
    public void Less_precision_is_tried_only_if_it_is_allowed()
    {
        CandidateFacts facts = Facts(new Engine.OnnxRuntime { Providers = [new("cuda")] }, 2);
        Candidates.Engines(facts, s_defaults).ShouldAllBe(c => !c.IsReduced);
        Candidates.Engines(
            facts, s_defaults with { AllowReducedPrecision = true }).ShouldContain(c => c.Precision == ExportPrecision.Float16);
    }

    [Fact]
    public void A_quantized_model_that_runs_in_floats_is_tried_in_int8_only_if_it_is_allowed()
    {
        CandidateFacts facts = Facts(new Engine.OnnxRuntime { AllowSpinning = true }, 2) with { HasPolicy = true };
        Candidates.Engines(facts, s_defaults).ShouldAllBe(c => !c.IsReduced);

        EngineChoice[] allowed =
        [
            .. Candidates.Engines(
                facts, s_defaults with { AllowReducedPrecision = true }).Where(c => c.Precision == ExportPrecision.Int8)
        ];
        allowed.Select(c => c.Engine).Distinct().ShouldBe([EngineKind.OnnxRuntime]);
        allowed.ShouldAllBe(c => ((Engine.OnnxRuntime)c.ToEngine(facts.Engine)).Precision == OnnxPrecision.Int8);

        CandidateFacts floats = facts with { Engine = new Engine.Cpu { Precision = CpuPrecision.Float32 } };
        Candidates.Engines(floats, s_defaults).ShouldAllBe(
            c => ((Engine.Cpu)c.ToEngine(floats.Engine)).Precision == CpuPrecision.Float32,
            "our engine would follow the policy unasked");

        CandidateFacts own = facts with { Engine = new Engine.Automatic { Threads = 2 } };
        own.Reference.Precision.ShouldBe(ExportPrecision.Int8, "so it was loaded");
    }

    [Fact]
    public void Bfloat16_is_tried_in_our_own_engine_where_the_processor_has_it_and_it_is_allowed()
    {
        CandidateFacts facts = Facts(Engine.Auto, 2) with { HasBFloat16 = true };
        OptimizeOptions allowed = s_defaults with { AllowReducedPrecision = true };
        Candidates.Engines(facts, s_defaults).ShouldAllBe(c => !c.IsReduced);
        Candidates.Engines(facts, allowed)
            .Where(c => c.IsReduced).Select(c => c.ToString())
            .ShouldBe(["our CPU engine, bf16, 2 threads", "our CPU engine, bf16, 1 thread"]);
        Candidates.Engines(facts with { HasBFloat16 = false }, allowed).ShouldAllBe(c => !c.IsReduced);
        Candidates.Engines(facts with { Engine = new Engine.OnnxRuntime() }, allowed).ShouldAllBe(c => !c.IsReduced);
        Facts(
            new Engine.Cpu { Precision = CpuPrecision.BFloat16 }, 2)
            .Reference.ToString().ShouldBe("our CPU engine, bf16, 2 threads");
    }

    [Fact]
    public void Batches_are_tried_unless_the_model_has_its_own()
    {
        CandidateFacts facts = Facts(Engine.Auto, 2);
        Candidates.Batches(facts.Reference, facts, s_defaults).Select(c => c.Batch).ShouldBe([2, 4]);
        Candidates.Batches(facts.Reference, facts with { HasFixedBatch = true }, s_defaults).ShouldBeEmpty();
    }

    [Fact]
    public void All_wrong_options_are_told_at_once()
    {
        var wrong = new OptimizeOptions
        {
            Budget = TimeSpan.Zero,
            Tolerance = double.NaN,
            ReducedPrecisionTolerance = 2,
            Batches = [0]
        };
        string message = Should.Throw<ArgumentException>(wrong.Validate).Message;
        foreach (string name in (string[])["Budget is 0 s", "Tolerance is NaN", "ReducedPrecisionTolerance is 2", "Batches is 0"])
            message.ShouldContain(name);
    }

    private static CandidateFacts Facts(Engine engine, int cores) => new(engine, false, false, cores);

    private static string[] Names(Engine engine, int cores) =>
        [.. Candidates.Engines(Facts(engine, cores), s_defaults).Select(c => c.ToString())];
}
