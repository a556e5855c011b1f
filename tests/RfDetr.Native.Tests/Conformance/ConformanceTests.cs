using RfDetr.Graph;
using RfDetr.Tensors;

namespace RfDetr.Tests.Conformance;

/// <summary>Every operation on every back end against its definition: "written once" is true only while this is green.</summary>
public sealed class ConformanceTests
{
    public static TheoryData<string, string> Rows()
    {
        var rows = new TheoryData<string, string>();
        foreach (ConformanceBackend backend in ConformanceBackend.All)
        {
            foreach (ConformanceCase @case in Cases.All.Where(backend.CanRun))
                rows.Add(backend.Name, @case.Name);
        }

        return rows;
    }

    public static TheoryData<string> CaseNames() => [.. Cases.All.Select(c => c.Name)];

    [SkippableTheory]
    [MemberData(nameof(Rows))]
    public void Gives_what_the_definition_says(string backendName, string caseName)
    {
        ConformanceBackend.Require(backendName);
        ConformanceBackend backend = ConformanceBackend.All.Single(b => b.Name == backendName);
        ConformanceCase @case = Cases.All.Single(c => c.Name == caseName);
        TensorType type = @case.Op.Infer([.. @case.Inputs.Select((_, i) => @case.Type(i, symbolic: false))]);
        Grid expected = Oracle.Compute(@case.Op, type.Shape.Sizes(), [.. @case.Inputs.Select(i => new Grid(i))]);

        HostTensor actual = backend.Run(@case);

        actual.Shape.ShouldBe(expected.Shape);
        actual.DType.ShouldBe(type.DType);
        double allowed = type.DType == DType.Int64 ? 0 : backend.Tolerance * expected.Values.Max(Math.Abs);
        var values = new Grid(actual);
        for (int i = 0; i < expected.Values.Count; i++)
            Math.Abs(values.At(i) - expected.At(i)).ShouldBeLessThanOrEqualTo(
                allowed, $"element {i}: {values.At(i)}, expected {expected.At(i)}");
    }

    [Theory]
    [MemberData(nameof(CaseNames))]
    public void Following_shapes_alone_gives_the_same_type(string caseName)
    {
        ConformanceCase @case = Cases.All.Single(c => c.Name == caseName);
        HostTensor computed = ConformanceBackend.All[0].Run(@case);
        TensorType expected = new(computed.DType, Shape.Of(computed.Shape));

        Follow(@case, symbolic: false).ShouldBe(expected);
        if (@case.PerBatch is null)
            return;
        TensorType open = Follow(@case, symbolic: true);
        open.Shape.IsFixed.ShouldBeFalse();
        (open with { Shape = Shape.Of(open.Shape.At(@case.Batch)) }).ShouldBe(expected);
    }

    [Theory]
    [MemberData(nameof(CaseNames))]
    public void Writing_a_derived_operation_out_keeps_its_type(string caseName)
    {
        ConformanceCase @case = Cases.All.Single(c => c.Name == caseName);
        var shapes = new ShapeBackend();
        Tensor[] inputs = [.. @case.Inputs.Select((_, i) => shapes.Input(@case.Type(i, symbolic: false)))];
        Tensor direct = shapes.Apply(@case.Op, inputs);
        Tensor written = @case.Op is DerivedOp derived ? derived.Decompose(inputs) : direct;
        written.Type.ShouldBe(direct.Type);
    }

    [Fact]
    public void Every_operation_has_at_least_two_cases()
    {
        Type[] operations = [.. new[] { typeof(Op), typeof(NetworkGraph) }.SelectMany(t => t.Assembly.GetTypes())
            .Where(t => t.IsSubclassOf(typeof(Op)) && !t.IsAbstract)];
        operations.Length.ShouldBeGreaterThanOrEqualTo(20);
        foreach (Type operation in operations)
            Cases.All.Count(c => c.Op.GetType() == operation).ShouldBeGreaterThanOrEqualTo(
                2, $"{operation.Name} needs conformance cases");
    }

    [Fact]
    public void Names_tell_cases_and_back_ends_apart()
    {
        Cases.All.Select(c => c.Name).ShouldBeUnique();
        ConformanceBackend.All.Select(b => b.Name).ShouldBeUnique();
    }

    private static TensorType Follow(ConformanceCase @case, bool symbolic)
    {
        var shapes = new ShapeBackend();
        return shapes.Apply(
            symbolic ? @case.Make(Dim.Batch) : @case.Op,
            [.. @case.Inputs.Select((_, i) => shapes.Input(@case.Type(i, symbolic)))])
            .Type;
    }
}
