using System.Text.RegularExpressions;
using RfDetr.Data;
using RfDetr.Training;

namespace RfDetr.Tests.Trainer;

public sealed class RankAgreementTests
{
    private static readonly RankFact[] s_facts = [new("option lr", "1", "use one"), new("the data", "3 images", "copy it")];

    [Fact]
    public void TheFirstDifferenceIsNamedWithBothValuesAndTheCure()
    {
        string mine = RankFact.Join(s_facts), other = RankFact.Join([s_facts[0], s_facts[1] with { Value = "4 images" }]);
        RankFact.Difference(s_facts, [mine, mine, mine]).ShouldBeNull();
        RankFact.Difference(s_facts, [mine, mine, other]).ShouldBe(
            "the processes of the run do not agree on the data: rank 0 has 3 images, rank 2 has 4 images; copy it");
        RankFact.Difference(s_facts, [mine, RankFact.Join([s_facts[0]])]).ShouldBe(
            "the processes of the run do not agree on the data: rank 0 has 3 images, rank 1 has none; copy it");
        RankFact.Difference([], [RankFact.Join([s_facts[0]]), mine]).ShouldBe(
            "the processes of the run do not agree on the data: rank 0 has none, rank 1 has 3 images; start all processes alike");
    }

    [Fact]
    public void OptionsThatMayDifferAreOptions() => RankAgreement.OwnOptions.ShouldBeSubsetOf(TestOptions.Keys);

    [Fact]
    public async Task TheDigestOfDataFollowsItsAnnotationsAndNotItsPlace()
    {
        using var folder = new TemporaryFolder();
        DataSplit one = await SplitAsync("one", 4), same = await SplitAsync("other/place", 4), more = await SplitAsync("more", 5);
        RankAgreement.Digest(same).ShouldBe(RankAgreement.Digest(one));
        RankAgreement.Digest(more).ShouldNotBe(RankAgreement.Digest(one));
        string annotations = Directory.GetFiles(folder["one/train"], "*.json").ShouldHaveSingleItem();
        string text = await File.ReadAllTextAsync(annotations);
        string changed = new Regex("\"area\": *[0-9.]+").Replace(text, "\"area\": 7", count: 1);
        changed.ShouldNotBe(text);
        await File.WriteAllTextAsync(annotations, changed);
        RankAgreement.Digest(DataSet.Open(folder["one"]).Split("train")).ShouldNotBe(RankAgreement.Digest(one));

        async Task<DataSplit> SplitAsync(string name, int images) =>
            DataSet.Open(await TinyRun.DataAsync(folder, images, name)).Split("train");
    }
}
