using RfDetr.Training;

namespace RfDetr.Tests.Trainer;

public sealed class RankEnvironmentTests
{
    [Fact]
    public void WithoutVariablesAProcessIsAlone() => RankEnvironment.Read(_ => null).ShouldBe(RankEnvironment.Alone);

    [Fact]
    public void WhatTorchrunSetsIsRead()
    {
        var written = new RankEnvironment(1, 3, 1, "10.0.0.7", 29501);
        Dictionary<string, string> variables = written.Variables.ToDictionary();
        RankEnvironment.Read(name => variables.GetValueOrDefault(name)).ShouldBe(written);
    }

    [Theory]
    [InlineData("WORLD_SIZE=2", "RANK is not set; MASTER_PORT is not set; MASTER_ADDR is not set")]
    [InlineData("WORLD_SIZE=two", "WORLD_SIZE is 'two', expected 1..4096")]
    [InlineData("WORLD_SIZE=2 RANK=2 MASTER_ADDR=a MASTER_PORT=1", "RANK is '2', expected 0..1")]
    [InlineData("WORLD_SIZE=2 RANK=0 MASTER_ADDR=a MASTER_PORT=70000", "MASTER_PORT is '70000', expected 1..65535")]
    public void WrongVariablesAreNamed(string set, string message)
    {
        Dictionary<string, string> variables = set.Split(' ').Select(s => s.Split('=')).ToDictionary(s => s[0], s => s[1]);
        Should.Throw<ArgumentException>(() =>
            RankEnvironment.Read(name => variables.GetValueOrDefault(name))).Message.ShouldContain(message);
    }
}
